package io.vpnenterprise.query.catalogue.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.query.catalogue.Catalogue;
import io.vpnenterprise.query.catalogue.StructureChange;
import io.vpnenterprise.query.catalogue.TableName;
import io.vpnenterprise.query.catalogue.web.StructureBodies.SqlView;
import io.vpnenterprise.query.catalogue.web.StructureBodies.TableChange;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
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

/** A table or view, called as {@code schema.table}; names with dots are in double quotes. */
@Path("tenants/{id}/tables/{table}")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "tenants")
@Tag(name = "Catalogue")
public class TableResource {

    /** The columns in their order. */
    public record ColumnList(List<ColumnView> columns) {}

    /** A primary key ({@code primary key}), or a constraint: {@code unique}, {@code check} or {@code exclusion}. */
    public record KeyView(String name, String kind, List<String> columns, String definition) {
        static KeyView from(Catalogue.Key key) {
            return new KeyView(key.name(), key.kind(), key.columns(), key.definition());
        }
    }

    /** An index. */
    public record IndexView(
            String name,
            String type,
            List<String> columns,
            List<String> included,
            boolean unique,
            boolean primary,
            boolean valid,
            String predicate,
            long bytes,
            String definition) {
        static IndexView from(Catalogue.Index index) {
            return new IndexView(
                    index.name(),
                    index.method(),
                    index.columns(),
                    index.included(),
                    index.unique(),
                    index.primary(),
                    index.valid(),
                    index.predicate().orElse(null),
                    index.bytes(),
                    index.definition());
        }
    }

    /** A trigger. */
    public record TriggerView(
            String name,
            String timing,
            List<String> events,
            boolean forEachRow,
            boolean enabled,
            String function,
            String definition) {
        static TriggerView from(Catalogue.Trigger trigger) {
            return new TriggerView(
                    trigger.name(),
                    trigger.timing(),
                    trigger.events(),
                    trigger.forEachRow(),
                    trigger.enabled(),
                    trigger.function(),
                    trigger.definition());
        }
    }

    /** A policy of row-level security. */
    public record PolicyView(
            String name, String command, boolean permissive, List<String> roles, String using, String check) {
        static PolicyView from(Catalogue.Policy policy) {
            return new PolicyView(
                    policy.name(),
                    policy.command(),
                    policy.permissive(),
                    policy.roles(),
                    policy.using().orElse(null),
                    policy.check().orElse(null));
        }
    }

    /** A table with all that belongs to it; the relationships are those from and to it. */
    public record StructureView(
            RelationView table,
            List<ColumnView> columns,
            List<KeyView> keys,
            List<RelationshipView> relationships,
            List<IndexView> indexes,
            List<TriggerView> triggers,
            List<PolicyView> policies) {
        static StructureView from(Catalogue.Structure structure) {
            return new StructureView(
                    RelationView.from(structure.relation()),
                    columns(structure),
                    structure.keys().stream().map(KeyView::from).toList(),
                    structure.relationships().stream()
                            .map(RelationshipView::from)
                            .toList(),
                    structure.indexes().stream().map(IndexView::from).toList(),
                    structure.triggers().stream().map(TriggerView::from).toList(),
                    structure.policies().stream().map(PolicyView::from).toList());
        }

        static List<ColumnView> columns(Catalogue.Structure structure) {
            TableName name = structure.relation().name();
            return structure.columns().stream()
                    .map(column -> ColumnView.from(
                            column,
                            structure.relationships().stream()
                                    .filter(key -> key.table().equals(name))
                                    .toList()))
                    .toList();
        }
    }

    @Inject
    Catalogue catalogue;

    @Inject
    AppliedChanges applied;

    @Context
    SecurityContext security;

    @GET
    @Path("columns")
    @Operation(summary = "Lists the columns of a table or view")
    public ColumnList columns(@PathParam("id") UUID id, @PathParam("table") String table) {
        return new ColumnList(StructureView.columns(catalogue.structure(caller(), id, TableName.parse(table))));
    }

    @GET
    @Path("structure")
    @Operation(summary = "A table's columns, keys, relationships, indexes, triggers and policies")
    public StructureView structure(@PathParam("id") UUID id, @PathParam("table") String table) {
        return StructureView.from(catalogue.structure(caller(), id, TableName.parse(table)));
    }

    @PUT
    @Path("structure")
    @Operation(
            summary = "Changes a table: columns, keys, indexes, row-level security and policies, in one transaction",
            description =
                    "With dryRun=true, the statements are shown instead. Expressions (of defaults, checks, indexes and"
                            + " policies) are the caller's own SQL and run as his own role; all other parts are names, types and values.")
    @APIResponseSchema(value = SqlView.class, responseCode = "200")
    public Response change(
            @PathParam("id") UUID id,
            @PathParam("table") String table,
            @QueryParam("dryRun") String dryRun,
            TableChange change) {
        TableName name = TableName.parse(table);
        return applied.answer(caller(), id, dryRun, "table " + name, change.of(name), Response.Status.OK);
    }

    @DELETE
    @Operation(
            summary =
                    "Drops a table or view, with cascade=true also what depends on it; with dryRun=true, shows the statements"
                            + " instead")
    @APIResponseSchema(value = SqlView.class, responseCode = "200")
    public Response drop(
            @PathParam("id") UUID id,
            @PathParam("table") String table,
            @QueryParam("cascade") String cascade,
            @QueryParam("dryRun") String dryRun) {
        TableName name = TableName.parse(table);
        String kind = catalogue.structure(caller(), id, name).relation().kind();
        return applied.answer(
                caller(),
                id,
                dryRun,
                "table " + name,
                List.of(new StructureChange.DropTable(name, kind, AppliedChanges.isTrue("cascade", cascade))),
                Response.Status.OK);
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
