package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.SigningKeys;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.time.OffsetDateTime;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The keys that sign access tokens, and their rotation before its time. */
@Path("admin/signing-keys")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.SUPER_ADMIN)
@Tag(name = "Administration")
public class SigningKeysResource {

    /**
     * A published key.
     *
     * @param publishedUntil when its last token is over; absent while it has no successor
     */
    public record KeyView(
            String kid, OffsetDateTime createdAt, OffsetDateTime signsFrom, OffsetDateTime publishedUntil) {
        static KeyView from(SigningKeys.SigningKey key) {
            return new KeyView(key.kid(), key.createdAt(), key.signsFrom(), key.publishedUntil());
        }
    }

    /** All published keys, the newest first: there are a few at most. */
    public record Keys(List<KeyView> keys) {}

    @Inject
    SigningKeys keys;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Operation(summary = "The published signing keys, the newest first")
    public Keys list() {
        return new Keys(keys.list().stream().map(KeyView::from).toList());
    }

    @POST
    @Path("rotation")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary = "Rotates the signing key now",
            description = "The new key signs after it was published for the configured lead. While one is on its way,"
                    + " nothing happens.")
    @APIResponseSchema(value = Keys.class, responseCode = "202")
    public Response rotate() {
        keys.rotate(CallerContext.caller(security));
        return Response.accepted(list())
                .location(uri.getBaseUriBuilder().path("admin/signing-keys").build())
                .build();
    }
}
