package io.vpnenterprise.tenants.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.ShownOnce;
import io.vpnenterprise.tenants.TenantError;
import io.vpnenterprise.tenants.TenantKey;
import io.vpnenterprise.tenants.TenantKeys;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Keys to a tenant's rows for programs without an account; for the tenant's admins, and no key may make another. */
@Path("tenants/{id}/api-keys")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.USER)
@Tag(name = "Tenants")
public class TenantKeysResource {

    /** {@code anon} or {@code service}. */
    public record NewKey(String kind) {}

    /** A key, without its text. */
    public record KeyView(UUID id, String kind, String preview, OffsetDateTime createdAt, OffsetDateTime rotatedAt) {
        static KeyView from(TenantKey key) {
            return new KeyView(
                    key.id(),
                    key.kind().label(),
                    key.preview(),
                    key.createdAt(),
                    key.rotatedAt().orElse(null));
        }
    }

    /** The tenant's keys, the oldest first. */
    public record KeyList(List<KeyView> items) {}

    /** @param key the text, for the header {@code apikey} or as a bearer; shown this once */
    public record KeyMade(UUID id, String kind, String preview, String key) implements ShownOnce {
        static KeyMade from(TenantKey.Made made) {
            return new KeyMade(
                    made.key().id(), made.key().kind().label(), made.key().preview(), made.text());
        }

        @Override
        public KeyMade withoutSecrets() {
            return new KeyMade(id, kind, preview, null);
        }
    }

    @Inject
    TenantKeys keys;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "Lists the tenant's keys")
    public KeyList list(@PathParam("id") UUID id) {
        return new KeyList(keys.list(caller(), id).stream().map(KeyView::from).toList());
    }

    @POST
    @Operation(
            summary =
                    "Makes a key: service reads and writes rows, anon has what is granted to the role that ends in _anon")
    @APIResponseSchema(value = KeyMade.class, responseCode = "201")
    public Response make(@PathParam("id") UUID id, NewKey wanted) {
        TenantKey.Kind kind = Arrays.stream(TenantKey.Kind.values())
                .filter(one -> one.label().equals(wanted.kind()))
                .findFirst()
                .orElseThrow(() -> VpnException.ofField(TenantError.INVALID_TENANT_KEY_KIND, "kind", null));
        if (kind == TenantKey.Kind.ANON) {
            keys.ensureAnonRole(caller(), id);
        }
        return Response.status(Response.Status.CREATED)
                .entity(KeyMade.from(keys.make(caller(), id, kind)))
                .build();
    }

    @POST
    @Path("{keyId}/rotate")
    @Operation(summary = "Gives a key a new text; the one before opens nothing any more")
    public KeyMade rotate(@PathParam("id") UUID id, @PathParam("keyId") UUID keyId) {
        return KeyMade.from(keys.rotate(caller(), id, keyId));
    }

    @DELETE
    @Path("{keyId}")
    @Operation(summary = "Revokes a key at once")
    public void revoke(@PathParam("id") UUID id, @PathParam("keyId") UUID keyId) {
        keys.revoke(caller(), id, keyId);
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
