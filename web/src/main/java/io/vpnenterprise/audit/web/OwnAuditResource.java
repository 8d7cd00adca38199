package io.vpnenterprise.audit.web;

import io.vpnenterprise.audit.AuditTrail;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What the caller did, and what was done to him. */
@Path("user/audit")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.USER)
@Tag(name = "Audit")
public class OwnAuditResource {

    @Inject
    AuditTrail trail;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "The caller's own entries of the audit, the newest first")
    public EntryPage list(@QueryParam("cursor") String cursor, @QueryParam("pageSize") String pageSize) {
        Caller caller = CallerContext.caller(security);
        return EntryPage.from(
                trail.mine(caller, Cursors.of(cursor), Cursors.size(pageSize)),
                entry -> EntryView.forMember(entry, caller.userId()));
    }
}
