package io.vpnenterprise.query.data.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.query.catalogue.Column;
import io.vpnenterprise.query.catalogue.TableName;
import io.vpnenterprise.query.catalogue.web.ColumnView;
import io.vpnenterprise.query.data.PageRequest;
import io.vpnenterprise.query.data.RowChanges;
import io.vpnenterprise.query.data.TableRows;
import io.vpnenterprise.tenants.TenantKeys;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
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
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The rows of a table or view, called as {@code schema.table}; names with dots are in double quotes. */
@Path("tenants/{id}/tables/{table}/data")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(
        value = {Caller.USER, TenantKeys.ROLE},
        scope = "tenants")
@Tag(name = "Data")
public class TableDataResource {

    /** Where a page is among the others, in the original's words. */
    public record Pagination(
            int currentPage, long totalPages, long totalRows, int limit, boolean hasNext, boolean hasPrev) {
        static Pagination of(PageRequest asked, TableRows.Rows found) {
            long pages = (found.total() + asked.limit() - 1) / asked.limit();
            return new Pagination(
                    asked.page(), pages, found.total(), asked.limit(), asked.page() < pages, asked.page() > 1);
        }
    }

    /**
     * A page of rows.
     *
     * @param total how many rows there are; an estimate when {@code totalIsExact} is false
     * @param columns those that the caller may read
     * @param primaryKeys names of the primary key's columns
     */
    public record DataPage(
            List<JsonObject> data,
            long total,
            boolean totalIsExact,
            List<ColumnView> columns,
            List<String> primaryKeys,
            Pagination pagination) {
        static DataPage from(PageRequest asked, TableRows.Rows found) {
            return new DataPage(
                    found.rows().stream().map(JsonRows::read).toList(),
                    found.total(),
                    found.totalIsExact(),
                    found.table().readable().stream()
                            .map(column -> ColumnView.from(column, List.of()))
                            .toList(),
                    found.table().primaryKey().stream().map(Column::name).toList(),
                    Pagination.of(asked, found));
        }
    }

    /** A row that was inserted, updated or deleted, with the columns that the caller may read. */
    public record RowView(String message, JsonObject data) {}

    @Inject
    TableRows rows;

    @Inject
    RowChanges changes;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Operation(
            summary = "A page of the rows",
            description =
                    "Conditions are filter[0][column], filter[0][operator] and filter[0][value], and so on, or filter"
                            + " with a JSON array of such objects; operators are eq, neq, gt, gte, lt, lte, like, ilike, in (values"
                            + " divided by commas), is_null and is_not_null. The total is exact up to 100,000 rows.")
    public DataPage page(
            @PathParam("id") UUID id,
            @PathParam("table") String table,
            @QueryParam("page") String page,
            @QueryParam("limit") String limit,
            @QueryParam("search") String search,
            @QueryParam("sort") String sort,
            @QueryParam("order") String order) {
        PageRequest asked = Queries.page(page, limit, search, sort, order, uri.getQueryParameters());
        return DataPage.from(asked, rows.page(caller(), id, TableName.parse(table), asked));
    }

    @POST
    @Operation(
            summary = "Inserts a row",
            description =
                    "The body is {\"data\": {column: value, …}} or the row by itself. Columns that are absent get their"
                            + " defaults; PostgreSQL reads each value as its column's type.")
    @RequestBody(content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    @APIResponseSchema(value = RowView.class, responseCode = "201")
    public Response insert(@PathParam("id") UUID id, @PathParam("table") String table, byte[] body) {
        JsonObject row = RowBodies.row(JsonRows.body(body));
        List<String> inserted = changes.insert(caller(), id, TableName.parse(table), List.of(row));
        return Response.status(Response.Status.CREATED)
                .entity(view("inserted", inserted))
                .build();
    }

    @PUT
    @Operation(
            summary = "Updates the row of a primary key",
            description =
                    "The body is {\"where\": {key column: value, …}, \"data\": {column: value, …}}, or has originalData, the"
                            + " whole row as it was, in the place of where.")
    @RequestBody(content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    public RowView update(@PathParam("id") UUID id, @PathParam("table") String table, byte[] body) {
        TableName name = TableName.parse(table);
        RowChanges.Update update = RowBodies.update(JsonRows.body(body));
        return view("updated", changes.update(caller(), id, name, List.of(update)));
    }

    @DELETE
    @Operation(
            summary = "Deletes the row of a primary key",
            description =
                    "The body is {\"where\": {key column: value, …}}, or {\"primaryKeys\": [key column, …], \"data\": row}.")
    @RequestBody(content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    public RowView delete(@PathParam("id") UUID id, @PathParam("table") String table, byte[] body) {
        JsonObject key = RowBodies.key(JsonRows.body(body));
        return view("deleted", changes.delete(caller(), id, TableName.parse(table), List.of(key)));
    }

    private static RowView view(String what, List<String> rows) {
        return new RowView("One row was " + what, JsonRows.read(rows.get(0)));
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
