package io.vpnenterprise.query.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import io.vpnenterprise.query.SavedQueries;
import io.vpnenterprise.query.SavedQuery;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
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

/** Queries that members keep. */
@Path("tenants/{id}/saved-queries")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "tenants")
@Tag(name = "Queries")
public class SavedQueriesResource {

    /**
     * A query to keep.
     *
     * @param shared whether the tenant's other members see it
     */
    public record QueryToSave(String name, String sql, boolean shared) {}

    /**
     * A kept query.
     *
     * @param owner his address
     * @param own whether it is the caller's: others' are theirs to change
     */
    public record SavedQueryView(
            UUID id, String name, String sql, boolean shared, String owner, boolean own, OffsetDateTime changedAt) {
        static SavedQueryView from(SavedQuery query) {
            return new SavedQueryView(
                    query.id(),
                    query.name(),
                    query.sql(),
                    query.shared(),
                    query.owner(),
                    query.own(),
                    query.changedAt());
        }
    }

    /** A page of them, by name. */
    public record SavedQueryPage(List<SavedQueryView> items, long total, int page, int pageSize) {
        static SavedQueryPage from(Page<SavedQuery> page) {
            return new SavedQueryPage(
                    page.items().stream().map(SavedQueryView::from).toList(),
                    page.total(),
                    page.page(),
                    page.pageSize());
        }
    }

    @Inject
    SavedQueries queries;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Operation(summary = "Lists the caller's saved queries and those that others share")
    public SavedQueryPage list(
            @PathParam("id") UUID id, @QueryParam("page") String page, @QueryParam("pageSize") String pageSize) {
        return SavedQueryPage.from(queries.list(caller(), id, Pages.of(page, pageSize)));
    }

    @POST
    @Operation(summary = "Keeps a query")
    @APIResponseSchema(value = SavedQueryView.class, responseCode = "201")
    public Response add(@PathParam("id") UUID id, QueryToSave wanted) {
        SavedQuery added = queries.add(caller(), id, wanted.name(), wanted.sql(), wanted.shared());
        return Response.created(
                        uri.getAbsolutePathBuilder().path(added.id().toString()).build())
                .entity(SavedQueryView.from(added))
                .build();
    }

    @GET
    @Path("{queryId}")
    @Operation(summary = "A saved query")
    public SavedQueryView get(@PathParam("id") UUID id, @PathParam("queryId") UUID queryId) {
        return SavedQueryView.from(queries.require(caller(), id, queryId));
    }

    @PUT
    @Path("{queryId}")
    @Operation(summary = "Changes a saved query of the caller")
    public SavedQueryView change(@PathParam("id") UUID id, @PathParam("queryId") UUID queryId, QueryToSave wanted) {
        return SavedQueryView.from(queries.change(caller(), id, queryId, wanted.name(), wanted.sql(), wanted.shared()));
    }

    @DELETE
    @Path("{queryId}")
    @Operation(summary = "Removes a saved query of the caller")
    public void remove(@PathParam("id") UUID id, @PathParam("queryId") UUID queryId) {
        queries.remove(caller(), id, queryId);
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
