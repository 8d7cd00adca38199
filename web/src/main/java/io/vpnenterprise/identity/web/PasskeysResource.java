package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.Passkey;
import io.vpnenterprise.identity.Passkeys;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import io.vpnenterprise.platform.web.ShownOnce;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The caller's passkeys. */
@Path("user/security/passkeys")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.USER)
@Tag(name = "Identity")
public class PasskeysResource {

    /** A passkey that a browser made, and what its owner calls it. */
    public record PasskeyToAdd(String name, PasskeyJson.Attestation credential) {}

    /** Another name. */
    public record NewName(String name) {}

    /**
     * A passkey.
     *
     * @param backedUp whether its owner has it on other devices too
     */
    public record PasskeyView(
            UUID id, String name, boolean backedUp, OffsetDateTime createdAt, OffsetDateTime lastUsedAt) {
        static PasskeyView from(Passkey passkey) {
            return new PasskeyView(
                    passkey.id(),
                    passkey.name(),
                    passkey.backedUp(),
                    passkey.createdAt(),
                    passkey.lastUsedAt().orElse(null));
        }
    }

    /**
     * A passkey that was added.
     *
     * @param recoveryCodes shown this once, when it is the account's first second factor
     */
    public record PasskeyAdded(PasskeyView passkey, List<String> recoveryCodes) implements ShownOnce {
        static PasskeyAdded from(Passkeys.Added added) {
            return new PasskeyAdded(PasskeyView.from(added.passkey()), added.recoveryCodes());
        }

        @Override
        public PasskeyAdded withoutSecrets() {
            return new PasskeyAdded(passkey, List.of());
        }
    }

    /** A page of passkeys. */
    public record PasskeyPage(List<PasskeyView> items, long total, int page, int pageSize) {
        static PasskeyPage from(Page<Passkey> page) {
            return new PasskeyPage(
                    page.items().stream().map(PasskeyView::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    @Inject
    Passkeys passkeys;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Operation(summary = "Lists the caller's passkeys")
    public PasskeyPage list(@QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return PasskeyPage.from(passkeys.page(caller(), Pages.of(page, pageSize)));
    }

    @POST
    @Path("options")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary = "What a browser makes a passkey by",
            description = "For PublicKeyCredential.parseCreationOptionsFromJSON() (W3C Web Authentication, level 3).")
    public PasskeyJson.CreationOptions creationOptions() {
        return PasskeyJson.CreationOptions.from(passkeys.creationOptions(caller()));
    }

    @POST
    @Operation(summary = "Adds a passkey that a browser made")
    @APIResponseSchema(value = PasskeyAdded.class, responseCode = "201")
    public Response add(PasskeyToAdd given) {
        Passkeys.Added added = passkeys.add(caller(), given.name(), PasskeyJson.attestation(given.credential()));
        return Response.created(uri.getAbsolutePathBuilder()
                        .path(added.passkey().id().toString())
                        .build())
                .entity(PasskeyAdded.from(added))
                .build();
    }

    @PATCH
    @Path("{id}")
    @Operation(summary = "Gives a passkey of the caller another name")
    public PasskeyView rename(@PathParam("id") UUID id, NewName given) {
        return PasskeyView.from(passkeys.rename(caller(), id, given.name()));
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Removes a passkey of the caller: it does not sign in any more")
    public void remove(@PathParam("id") UUID id) {
        passkeys.remove(caller(), id);
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
