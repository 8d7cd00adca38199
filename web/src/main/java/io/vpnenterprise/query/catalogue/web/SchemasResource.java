package io.vpnenterprise.query.catalogue.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.query.catalogue.Catalogue;
import io.vpnenterprise.query.catalogue.StructureChange;
import io.vpnenterprise.query.catalogue.web.StructureBodies.NewSchema;
import io.vpnenterprise.query.catalogue.web.StructureBodies.NewTable;
import io.vpnenterprise.query.catalogue.web.StructureBodies.SqlView;
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
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The schemas of a tenant's database, and what is in each. */
@Path("tenants/{id}/schemas")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "tenants")
@Tag(name = "Catalogue")
public class SchemasResource {

    /** A schema with its number of tables and views. */
    public record SchemaView(String name, String comment, String owner, long tables) {
        static SchemaView from(Catalogue.Schema schema) {
            return new SchemaView(schema.name(), schema.comment().orElse(null), schema.owner(), schema.tables());
        }
    }

    /** All schemas that the caller may use. */
    public record SchemaList(List<SchemaView> schemas) {}

    /** Tables and views by name. */
    public record TableList(List<RelationView> tables) {}

    /** Foreign keys from and to the schema's tables. */
    public record RelationshipList(List<RelationshipView> relationships) {}

    /** A function, procedure or aggregate. */
    public record FunctionView(
            String name,
            String kind,
            String arguments,
            String result,
            String language,
            String volatility,
            boolean securityDefiner,
            String extension,
            String comment,
            String definition) {
        static FunctionView from(Catalogue.Function function) {
            return new FunctionView(
                    function.name(),
                    function.kind(),
                    function.arguments(),
                    function.result().orElse(null),
                    function.language(),
                    function.volatility(),
                    function.securityDefiner(),
                    function.extension().orElse(null),
                    function.comment().orElse(null),
                    function.definition().orElse(null));
        }
    }

    /** The schema's functions by name. */
    public record FunctionList(List<FunctionView> functions) {}

    @Inject
    Catalogue catalogue;

    @Inject
    AppliedChanges applied;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "Lists the schemas of the database, without PostgreSQL's own")
    public SchemaList schemas(@PathParam("id") UUID id) {
        return new SchemaList(
                catalogue.schemas(caller(), id).stream().map(SchemaView::from).toList());
    }

    @GET
    @Path("{schema}/tables")
    @Operation(summary = "Lists the schema's tables and views with estimated rows and sizes")
    public TableList tables(@PathParam("id") UUID id, @PathParam("schema") String schema) {
        return new TableList(catalogue.tables(caller(), id, schema).stream()
                .map(RelationView::from)
                .toList());
    }

    @GET
    @Path("{schema}/relationships")
    @Operation(summary = "Lists the foreign keys from and to the schema's tables, their columns in pairs")
    public RelationshipList relationships(@PathParam("id") UUID id, @PathParam("schema") String schema) {
        return new RelationshipList(catalogue.relationships(caller(), id, schema).stream()
                .map(RelationshipView::from)
                .toList());
    }

    @GET
    @Path("{schema}/functions")
    @Operation(summary = "Lists the schema's functions, procedures and aggregates")
    public FunctionList functions(@PathParam("id") UUID id, @PathParam("schema") String schema) {
        return new FunctionList(catalogue.functions(caller(), id, schema).stream()
                .map(FunctionView::from)
                .toList());
    }

    @POST
    @Operation(summary = "Creates a schema; with dryRun=true, shows the statements instead")
    @APIResponseSchema(value = SqlView.class, responseCode = "201")
    public Response create(@PathParam("id") UUID id, @QueryParam("dryRun") String dryRun, NewSchema schema) {
        return applied.answer(
                caller(),
                id,
                dryRun,
                "schema " + schema.name(),
                List.of(new StructureChange.CreateSchema(schema.name(), schema.comment())),
                Response.Status.CREATED);
    }

    @DELETE
    @Path("{schema}")
    @Operation(
            summary =
                    "Drops a schema, with cascade=true also all that is in it; with dryRun=true, shows the statements instead")
    @APIResponseSchema(value = SqlView.class, responseCode = "200")
    public Response drop(
            @PathParam("id") UUID id,
            @PathParam("schema") String schema,
            @QueryParam("cascade") String cascade,
            @QueryParam("dryRun") String dryRun) {
        return applied.answer(
                caller(),
                id,
                dryRun,
                "schema " + schema,
                List.of(new StructureChange.DropSchema(schema, AppliedChanges.isTrue("cascade", cascade))),
                Response.Status.OK);
    }

    @POST
    @Path("{schema}/tables")
    @Operation(summary = "Creates a table; with dryRun=true, shows the statements instead")
    @APIResponseSchema(value = SqlView.class, responseCode = "201")
    public Response createTable(
            @PathParam("id") UUID id,
            @PathParam("schema") String schema,
            @QueryParam("dryRun") String dryRun,
            NewTable table) {
        StructureChange.CreateTable change = table.change(schema);
        return applied.answer(caller(), id, dryRun, "table " + change.name(), List.of(change), Response.Status.CREATED);
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
