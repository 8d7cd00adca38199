package io.vpnenterprise.identity.web;

import io.vpnenterprise.access.Connections;
import io.vpnenterprise.identity.IdentityError;
import io.vpnenterprise.identity.Role;
import io.vpnenterprise.identity.UserSearch;
import io.vpnenterprise.identity.UserSessions;
import io.vpnenterprise.identity.UserSummary;
import io.vpnenterprise.identity.Users;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
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
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Accounts, for admins. Which admin may do what to whom is {@code AdminRule}'s. */
@Path("admin/users")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.ADMIN, scope = "admin")
@Tag(name = "Administration")
public class UsersResource {

    /**
     * An account to make.
     *
     * @param role absent: {@code user}
     */
    public record NewUser(String email, String password, String role) {}

    /** A role to give: {@code user}, {@code admin} or {@code super_admin}. */
    public record RoleToGive(String role) {}

    /**
     * An account.
     *
     * @param sessions that live now
     */
    public record ManagedUser(
            UUID id,
            String email,
            String role,
            String state,
            OffsetDateTime createdAt,
            OffsetDateTime emailVerifiedAt,
            OffsetDateTime lastSignInAt,
            int sessions) {
        static ManagedUser from(UserSummary user) {
            return new ManagedUser(
                    user.id(),
                    user.email(),
                    user.role().label(),
                    user.state().name().toLowerCase(Locale.ROOT),
                    user.createdAt(),
                    user.emailVerifiedAt().orElse(null),
                    user.lastSignInAt().orElse(null),
                    user.sessions());
        }
    }

    /** A page of accounts. */
    public record UserPage(List<ManagedUser> items, long total, int page, int pageSize) {
        static UserPage from(Page<UserSummary> page) {
            return new UserPage(
                    page.items().stream().map(ManagedUser::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    @Inject
    Users users;

    @Inject
    UserSessions sessions;

    @Inject
    Connections connections;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Operation(
            summary = "Lists accounts: those whose address contains the search, with the role and in the state",
            description = "Order: newest (unless told otherwise), created, email, last_sign_in.")
    public UserPage list(
            @QueryParam("search") String search,
            @QueryParam("role") String role,
            @QueryParam("state") String state,
            @QueryParam("order") String order,
            @QueryParam("page") String page,
            @QueryParam("pageSize") String pageSize) {
        return UserPage.from(users.page(UserSearch.of(search, role, state, order), Pages.of(page, pageSize)));
    }

    @POST
    @Operation(summary = "Makes an account; its address counts as verified")
    @APIResponseSchema(value = ManagedUser.class, responseCode = "201")
    public Response add(NewUser user) {
        Role role = user.role() == null ? Role.USER : role(user.role());
        UserSummary added = users.add(CallerContext.caller(security), user.email(), user.password(), role);
        return Response.created(
                        uri.getAbsolutePathBuilder().path(added.id().toString()).build())
                .entity(ManagedUser.from(added))
                .build();
    }

    @GET
    @Path("{id}")
    @Operation(summary = "An account")
    public ManagedUser get(@PathParam("id") UUID id) {
        return ManagedUser.from(users.require(id));
    }

    // Without a scope: what a stolen key made an admin would outlive the key.
    @PATCH
    @Path("{id}/role")
    @MayCall(Caller.SUPER_ADMIN)
    @Operation(
            summary = "Gives an account a role; its access tokens stop, its sessions go on",
            description = "Refused while a provider's groups decide it: DELETE provider-role first.")
    public ManagedUser changeRole(@PathParam("id") UUID id, RoleToGive given) {
        return ManagedUser.from(users.changeRole(CallerContext.caller(security), id, role(given.role())));
    }

    @DELETE
    @Path("{id}/provider-role")
    @MayCall(Caller.SUPER_ADMIN)
    @Operation(summary = "Ends that a provider's groups decide an account's role: it is a user's from now on")
    public void takeFromProvider(@PathParam("id") UUID id) {
        users.takeFromProvider(CallerContext.caller(security), id);
    }

    @POST
    @Path("{id}/suspend")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary = "Shuts an account out and ends its sessions and connections",
            description = "202 when a host has not confirmed yet that the account's peers are gone from it.")
    @APIResponseSchema(value = ManagedUser.class, responseCode = "200")
    public Response suspend(@PathParam("id") UUID id) {
        UserSummary suspended = users.suspend(CallerContext.caller(security), id);
        return Response.status(connections.awaitGone(id) ? Response.Status.OK : Response.Status.ACCEPTED)
                .entity(ManagedUser.from(suspended))
                .build();
    }

    @POST
    @Path("{id}/restore")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Lets a suspended account in again")
    public ManagedUser restore(@PathParam("id") UUID id) {
        return ManagedUser.from(users.restore(CallerContext.caller(security), id));
    }

    // Without a scope: a stolen key must not take down what protects accounts.
    @POST
    @Path("{id}/security/reset")
    @Consumes(MediaType.WILDCARD)
    @MayCall(Caller.ADMIN)
    @Operation(summary = "Takes all second factors of an account away, for a member who has lost them")
    public void resetSecurity(@PathParam("id") UUID id) {
        users.resetSecurity(CallerContext.caller(security), id);
    }

    @DELETE
    @Path("{id}")
    @Operation(
            summary = "Deletes an account and all that it owned",
            description = "202 when a host has not confirmed yet that the account's peers are gone from it.")
    @APIResponse(responseCode = "204", description = "It is gone")
    public Response delete(@PathParam("id") UUID id) {
        users.delete(CallerContext.caller(security), id);
        return Response.status(connections.awaitGone(id) ? Response.Status.NO_CONTENT : Response.Status.ACCEPTED)
                .build();
    }

    @GET
    @Path("{id}/sessions")
    @Operation(summary = "Lists where an account is signed in")
    public SessionsResource.SessionPage sessions(
            @PathParam("id") UUID id, @QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        users.require(id);
        return SessionsResource.SessionPage.from(
                sessions.page(id, Pages.of(page, pageSize)),
                CallerContext.caller(security).credential().id());
    }

    @DELETE
    @Path("{id}/sessions")
    @Operation(summary = "Ends all sessions of an account: their tokens stop at once")
    public SessionsResource.SessionsEnded endSessions(@PathParam("id") UUID id) {
        return new SessionsResource.SessionsEnded(users.endSessions(CallerContext.caller(security), id));
    }

    @DELETE
    @Path("{id}/sessions/{sessionId}")
    @Operation(summary = "Ends a session of an account: its tokens stop at once")
    public void endSession(@PathParam("id") UUID id, @PathParam("sessionId") UUID sessionId) {
        users.endSession(CallerContext.caller(security), id, sessionId);
    }

    private static Role role(String label) {
        return Role.find(label).orElseThrow(() -> VpnException.ofField(IdentityError.INVALID_ROLE, "role", label));
    }
}
