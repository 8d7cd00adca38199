package io.vpnenterprise.query.catalogue.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.query.catalogue.Catalogue;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
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

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
