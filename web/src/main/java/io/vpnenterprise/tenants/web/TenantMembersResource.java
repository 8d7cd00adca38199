package io.vpnenterprise.tenants.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import io.vpnenterprise.tenants.TenantError;
import io.vpnenterprise.tenants.TenantMember;
import io.vpnenterprise.tenants.TenantMembers;
import io.vpnenterprise.tenants.TenantRole;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Who belongs to a tenant. */
@Path("tenants/{id}/members")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "tenants")
@Tag(name = "Tenants")
public class TenantMembersResource {

    /** A role to give: {@code viewer}, {@code editor}, {@code admin} or {@code owner}. */
    public record TenantRoleToGive(String role) {}

    /** A member. */
    public record TenantMemberView(UUID userId, String email, String role, OffsetDateTime joinedAt) {
        static TenantMemberView from(TenantMember member) {
            return new TenantMemberView(
                    member.userId(), member.email(), member.role().label(), member.joinedAt());
        }
    }

    /** A page of members. */
    public record TenantMemberPage(List<TenantMemberView> items, long total, int page, int pageSize) {
        static TenantMemberPage from(Page<TenantMember> page) {
            return new TenantMemberPage(
                    page.items().stream().map(TenantMemberView::from).toList(),
                    page.total(),
                    page.page(),
                    page.pageSize());
        }
    }

    @Inject
    TenantMembers members;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "Lists a tenant's members")
    public TenantMemberPage members(
            @PathParam("id") UUID id, @QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return TenantMemberPage.from(members.page(caller(), id, Pages.of(page, pageSize)));
    }

    // Without a scope: what a stolen key gave would outlive the key.
    @PUT
    @Path("{userId}")
    @MayCall(Caller.USER)
    @Operation(summary = "Gives a member another role: owners to everybody, admins to editors and viewers")
    public TenantMemberView changeRole(
            @PathParam("id") UUID id, @PathParam("userId") UUID userId, TenantRoleToGive given) {
        return TenantMemberView.from(members.changeRole(caller(), id, userId, role(given.role())));
    }

    @DELETE
    @Path("{userId}")
    @Operation(
            summary = "Removes a member, or lets the caller leave; the last owner stays",
            description = "What he has open in the database ends. Who knew a connection string still does:"
                    + " rotate-credentials changes it.")
    public void remove(@PathParam("id") UUID id, @PathParam("userId") UUID userId) {
        members.remove(caller(), id, userId);
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }

    static TenantRole role(String label) {
        return TenantRole.find(String.valueOf(label))
                .orElseThrow(() -> VpnException.ofField(TenantError.INVALID_TENANT_ROLE, "role", null));
    }
}
