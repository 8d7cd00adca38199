package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.provider.ExternalIdentity;
import io.vpnenterprise.identity.provider.ExternalIdentityRows;
import io.vpnenterprise.identity.provider.ExternalSignIns;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
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
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The providers' accounts that sign the caller in. */
@Path("user/identities")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.USER)
@Tag(name = "Identity")
public class IdentitiesResource {

    /** A linked account. */
    public record IdentityView(
            UUID id, String provider, String email, OffsetDateTime createdAt, OffsetDateTime lastSignInAt) {
        static IdentityView from(ExternalIdentity identity) {
            return new IdentityView(
                    identity.id(),
                    identity.provider(),
                    identity.email(),
                    identity.createdAt(),
                    identity.lastSignInAt().orElse(null));
        }
    }

    /** A page of linked accounts. */
    public record IdentityPage(List<IdentityView> items, long total, int page, int pageSize) {
        static IdentityPage from(Page<ExternalIdentity> page) {
            return new IdentityPage(
                    page.items().stream().map(IdentityView::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    /**
     * A provider to link.
     *
     * @param returnTo a path of this site where the browser goes afterwards; null for its root
     */
    public record Link(String provider, String returnTo) {}

    /** Where the browser goes to prove itself to the provider. */
    public record LinkBegun(String address) {}

    @Inject
    ExternalSignIns signIns;

    @Inject
    ExternalIdentityRows identities;

    @Context
    SecurityContext security;

    @Context
    HttpHeaders headers;

    @GET
    @Operation(summary = "Lists the providers' accounts that sign the caller in")
    public IdentityPage list(@QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return IdentityPage.from(identities.list(CallerContext.caller(security), Pages.of(page, pageSize)));
    }

    @POST
    @Operation(
            summary = "Begins to link a provider's account",
            description = "The browser then navigates to the address, and comes back by the provider's callback.")
    @APIResponseSchema(LinkBegun.class)
    public Response link(Link link) {
        ExternalSignIns.Begun begun = signIns.beginLink(
                CallerContext.caller(security), link.provider(), link.returnTo(), SignInCookie.find(headers));
        return SignInCookie.setting(Response.ok(), begun)
                .entity(new LinkBegun(begun.address().toString()))
                .build();
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Takes a link away: that account of the provider no longer signs the caller in")
    public void unlink(@PathParam("id") UUID id) {
        identities.unlink(CallerContext.caller(security), id);
    }
}
