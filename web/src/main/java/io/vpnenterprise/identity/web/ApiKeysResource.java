package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.ApiKey;
import io.vpnenterprise.identity.ApiKeys;
import io.vpnenterprise.identity.IdentityError;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import io.vpnenterprise.platform.web.ShownOnce;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
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
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The caller's API keys. No key may make another: none of this has a scope. */
@Path("user/api-keys")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.USER)
@Tag(name = "Identity")
public class ApiKeysResource {

    /**
     * A key to make.
     *
     * @param organisationId the one organisation that it is for; absent: for all that its owner may
     * @param scopes out of {@code vpn}, {@code organisations}, {@code fleet} and {@code admin}, each with {@code :read} or
     *     {@code :write}
     * @param expiresAt ISO 8601 with an offset; at most a year ahead
     */
    public record NewApiKey(String name, UUID organisationId, List<String> scopes, String expiresAt) {}

    /**
     * A key, without its text.
     *
     * @param preview its last characters
     * @param lastUsedAt to the minute; null when it never was
     */
    public record ApiKeyView(
            UUID id,
            UUID organisationId,
            String name,
            String preview,
            List<String> scopes,
            OffsetDateTime createdAt,
            OffsetDateTime expiresAt,
            OffsetDateTime lastUsedAt) {
        static ApiKeyView from(ApiKey key) {
            return new ApiKeyView(
                    key.id(),
                    key.organisationId().orElse(null),
                    key.name(),
                    key.preview(),
                    key.scopes(),
                    key.createdAt(),
                    key.expiresAt(),
                    key.lastUsedAt().orElse(null));
        }
    }

    /**
     * A key that was made.
     *
     * @param key goes behind {@code Authorization: Bearer}; shown this once
     */
    public record ApiKeyMade(ApiKeyView apiKey, String key) implements ShownOnce {
        @Override
        public ApiKeyMade withoutSecrets() {
            return new ApiKeyMade(apiKey, null);
        }
    }

    /** A page of keys. */
    public record ApiKeyPage(List<ApiKeyView> items, long total, int page, int pageSize) {
        static ApiKeyPage from(Page<ApiKey> page) {
            return new ApiKeyPage(
                    page.items().stream().map(ApiKeyView::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    @Inject
    ApiKeys keys;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Operation(summary = "Lists the caller's API keys")
    public ApiKeyPage list(@QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return ApiKeyPage.from(keys.page(CallerContext.caller(security), Pages.of(page, pageSize)));
    }

    @POST
    @Operation(summary = "Makes an API key, and shows it this once")
    @APIResponseSchema(value = ApiKeyMade.class, responseCode = "201")
    public Response add(NewApiKey key) {
        ApiKey.Made made = keys.add(
                CallerContext.caller(security),
                key.name(),
                Optional.ofNullable(key.organisationId()),
                key.scopes(),
                time(key.expiresAt()));
        return Response.created(uri.getAbsolutePathBuilder()
                        .path(made.key().id().toString())
                        .build())
                .entity(new ApiKeyMade(ApiKeyView.from(made.key()), made.text()))
                .build();
    }

    @GET
    @Path("{id}")
    @Operation(summary = "An API key of the caller")
    public ApiKeyView get(@PathParam("id") UUID id) {
        return ApiKeyView.from(keys.require(CallerContext.caller(security), id));
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Revokes an API key of the caller: it stops at once")
    public void remove(@PathParam("id") UUID id) {
        keys.remove(CallerContext.caller(security), id);
    }

    private static OffsetDateTime time(String text) {
        try {
            return text == null ? null : OffsetDateTime.parse(text);
        } catch (DateTimeException e) {
            throw VpnException.ofField(IdentityError.INVALID_EXPIRY, "expiresAt", null);
        }
    }
}
