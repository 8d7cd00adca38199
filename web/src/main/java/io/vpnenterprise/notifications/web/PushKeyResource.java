package io.vpnenterprise.notifications.web;

import io.vpnenterprise.notifications.VapidKey;
import io.vpnenterprise.platform.web.MayCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What a browser needs before it can subscribe. */
@Path("push")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(MayCall.EVERYBODY)
@Tag(name = "Notifications")
public class PushKeyResource {

    /** The key that names us to push services: {@code applicationServerKey}, base64url. */
    public record PushKey(String publicKey) {}

    @Inject
    VapidKey key;

    @GET
    @Path("vapid-public-key")
    @Operation(summary = "The applicationServerKey for subscribing to push messages")
    public PushKey publicKey() {
        return new PushKey(key.publicKey());
    }
}
