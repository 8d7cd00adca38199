package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.Caller;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Who may do what. */
@Path("admin/authz")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.ADMIN)
@Tag(name = "Administration")
public class AuthzResource {

    /** Every endpoint. */
    public record Endpoints(List<Endpoint> endpoints) {}

    @GET
    @Operation(summary = "204 for an admin: for a proxy that asks before it lets somebody through")
    public void permitted() {
        // The gate has answered.
    }

    @GET
    @Path("endpoints")
    @Operation(summary = "Every endpoint of the running application and the roles that may call it")
    public Endpoints endpoints() {
        return new Endpoints(AccessControl.endpoints());
    }
}
