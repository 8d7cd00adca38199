package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.UserSessions;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
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

/** The caller's sessions: where he is signed in, and an end to it. */
@Path("user/sessions")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.USER)
@Tag(name = "Identity")
public class SessionsResource {

    /**
     * A session.
     *
     * @param method how its owner proved himself
     * @param address where he signed in from, as is {@code userAgent}
     * @param lastUsedAt to the minute
     * @param current whether this call is made in it
     */
    public record SessionView(
            UUID id,
            String method,
            String address,
            String userAgent,
            OffsetDateTime createdAt,
            OffsetDateTime lastUsedAt,
            OffsetDateTime expiresAt,
            boolean current) {

        /** @param current the caller's own; may be null */
        static SessionView from(UserSessions.Live session, UUID current) {
            return new SessionView(
                    session.id(),
                    session.method(),
                    session.address(),
                    session.userAgent(),
                    session.createdAt(),
                    session.lastUsedAt(),
                    session.expiresAt(),
                    session.id().equals(current));
        }
    }

    /** A page of sessions. */
    public record SessionPage(List<SessionView> items, long total, int page, int pageSize) {
        static SessionPage from(Page<UserSessions.Live> page, UUID current) {
            return new SessionPage(
                    page.items().stream()
                            .map(session -> SessionView.from(session, current))
                            .toList(),
                    page.total(),
                    page.page(),
                    page.pageSize());
        }
    }

    /** How many sessions were ended. */
    public record SessionsEnded(int ended) {}

    @Inject
    UserSessions sessions;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "Lists where the caller is signed in")
    public SessionPage list(@QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        Caller caller = CallerContext.caller(security);
        return SessionPage.from(
                sessions.page(caller.userId(), Pages.of(page, pageSize)),
                caller.credential().id());
    }

    @DELETE
    @Operation(summary = "Ends all sessions of the caller but this one")
    public SessionsEnded endOthers() {
        return new SessionsEnded(sessions.endOthers(CallerContext.caller(security)));
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Ends a session of the caller: its tokens stop at once")
    public void end(@PathParam("id") UUID id) {
        Caller caller = CallerContext.caller(security);
        sessions.end(caller, caller.userId(), id);
    }
}
