package io.vpnenterprise.systemtests;

import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** Says whom {@link OtherApplication} is called by. */
@Path("/")
@RequestScoped
public class OtherResource {

    @Inject
    JsonWebToken token;

    @GET
    @Path("member")
    @RolesAllowed("user")
    public String member() {
        return token.getName() + " " + token.getSubject() + " " + token.getGroups();
    }

    @GET
    @Path("admin")
    @RolesAllowed("admin")
    public String admin() {
        return token.getName();
    }
}
