package io.vpnenterprise.query.data.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.query.catalogue.TableName;
import io.vpnenterprise.query.data.DataError;
import io.vpnenterprise.query.data.Export;
import io.vpnenterprise.query.data.RowChanges;
import io.vpnenterprise.query.data.TableExports;
import io.vpnenterprise.query.data.TableImports;
import io.vpnenterprise.tenants.TenantKeys;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.ws.rs.Consumes;
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
import jakarta.ws.rs.core.StreamingOutput;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Many rows of a table at once. */
@Path("tenants/{id}/tables/{table}")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(
        value = {Caller.USER, TenantKeys.ROLE},
        scope = "tenants")
@Tag(name = "Data")
public class TableTransferResource {

    private static final String CSV = "text/csv";

    /** How many rows were changed. */
    public record BulkView(String operation, int affectedRows) {}

    /** How many rows came in. */
    public record ImportView(long importedRows) {}

    @Inject
    RowChanges changes;

    @Inject
    TableExports exports;

    @Inject
    TableImports imports;

    @Context
    SecurityContext security;

    @POST
    @Path("bulk")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Inserts, updates or deletes up to 1000 rows; all or none",
            description =
                    "The body is {\"operation\": \"insert\", \"rows\": [row, …]}; rows of update are {\"where\": key, \"data\":"
                            + " values}, those of delete keys. A row that is not there fails the whole.")
    @RequestBody(content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    public BulkView bulk(@PathParam("id") UUID id, @PathParam("table") String table, byte[] body) {
        TableName name = TableName.parse(table);
        JsonObject asked = JsonRows.body(body);
        List<JsonObject> rows = RowBodies.rows(asked);
        String operation = asked.get("operation") instanceof JsonString text ? text.getString() : "";
        List<String> changed =
                switch (operation) {
                    case "insert" -> changes.insert(caller(), id, name, rows);
                    case "update" ->
                        changes.update(
                                caller(),
                                id,
                                name,
                                rows.stream().map(RowBodies::update).toList());
                    case "delete" -> changes.delete(caller(), id, name, rows);
                    default -> throw VpnException.ofField(DataError.INVALID_ROWS, "operation", null);
                };
        return new BulkView(operation, changed.size());
    }

    @GET
    @Path("export")
    @Produces({CSV, MediaType.APPLICATION_JSON, "application/jsonl"})
    @Operation(
            summary = "The whole table as CSV (RFC 4180), a JSON array or JSON lines, by format",
            description = "In CSV, a cell that a spreadsheet would take for a formula begins with an apostrophe, unless"
                    + " formulaGuard is false. What the caller may not read is left out.")
    @APIResponse(responseCode = "200", content = @Content(mediaType = CSV))
    public Response export(
            @PathParam("id") UUID id,
            @PathParam("table") String table,
            @QueryParam("format") String format,
            @QueryParam("formulaGuard") String formulaGuard) {
        Caller caller = caller();
        Export export = exports.begin(
                caller, id, TableName.parse(table), Export.Format.of(format), !"false".equals(formulaGuard));
        StreamingOutput rows = out -> exports.write(caller, id, export, out);
        return Response.ok(rows, type(export.format()))
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + fileName(export) + "\"")
                .build();
    }

    private static String type(Export.Format format) {
        return switch (format) {
            case CSV -> "text/csv; charset=utf-8; header=present";
            case JSON -> "application/json; charset=utf-8";
            case JSONL -> "application/jsonl; charset=utf-8";
        };
    }

    /** As the original's, of harmless characters alone. */
    private static String fileName(Export export) {
        TableName name = export.table().name();
        return (name.schema() + "_" + name.table()).replaceAll("[^A-Za-z0-9_-]", "_") + "."
                + export.format().name().toLowerCase(Locale.ROOT);
    }

    @POST
    @Path("import")
    @Consumes(MediaType.WILDCARD)
    @Operation(
            summary = "Imports CSV whose first line names columns; all or nothing",
            description =
                    "Up to 256 MiB, in 10 minutes; a failure says the line. Not with an Idempotency-Key beyond 1 MiB, and not"
                            + " by those whom policies hold.")
    @RequestBody(content = @Content(mediaType = CSV, schema = @Schema(type = SchemaType.STRING)))
    public ImportView importCsv(@PathParam("id") UUID id, @PathParam("table") String table, InputStream body) {
        return new ImportView(imports.csv(caller(), id, TableName.parse(table), body));
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
