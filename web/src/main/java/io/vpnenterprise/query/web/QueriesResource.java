package io.vpnenterprise.query.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import io.vpnenterprise.query.Queries;
import io.vpnenterprise.query.QueryRows;
import io.vpnenterprise.query.web.QueryResource.QueryView;
import io.vpnenterprise.tenants.Tenants;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Queries that the caller ran, or that run. */
@Path("tenants/{id}/queries")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "tenants")
@Tag(name = "Queries")
public class QueriesResource {

    /**
     * A query that the caller ran.
     *
     * @param sha256 of its text, as the audit has it
     * @param outcome {@code running}, {@code done}, {@code failed}, {@code cancelled}, {@code timed_out} or {@code unknown}
     * @param rows that it gave or changed
     */
    public record RunView(
            UUID id,
            String sql,
            String sha256,
            String role,
            String outcome,
            String sqlState,
            Long rows,
            OffsetDateTime beganAt,
            OffsetDateTime endedAt) {
        static RunView from(QueryRows.Run run) {
            return new RunView(
                    run.id(),
                    run.sql(),
                    run.hash(),
                    run.role().toLowerCase(Locale.ROOT),
                    run.outcome().name().toLowerCase(Locale.ROOT),
                    run.sqlState().orElse(null),
                    run.rows().orElse(null),
                    run.beganAt(),
                    run.endedAt().orElse(null));
        }
    }

    /** A page of them, the newest first. */
    public record RunPage(List<RunView> items, long total, int page, int pageSize) {
        static RunPage from(Page<QueryRows.Run> page) {
            return new RunPage(
                    page.items().stream().map(RunView::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    @Inject
    Queries queries;

    @Inject
    QueryRows rows;

    @Inject
    Tenants tenants;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "Lists the queries that the caller ran, the newest first")
    public RunPage list(
            @PathParam("id") UUID id, @QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        tenants.require(caller(), id);
        return RunPage.from(rows.history(caller(), id, Pages.of(page, pageSize)));
    }

    @POST
    @Path("{queryId}/next")
    @Operation(summary = "The next page of a query that was run with a pageSize")
    public QueryView next(@PathParam("id") UUID id, @PathParam("queryId") UUID queryId) {
        return QueryView.from(queries.next(caller(), id, queryId));
    }

    @DELETE
    @Path("{queryId}")
    @Operation(summary = "Cancels a query of the caller on its server; admins of the tenant, anybody's")
    public void cancel(@PathParam("id") UUID id, @PathParam("queryId") UUID queryId) {
        queries.cancel(caller(), id, queryId);
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
