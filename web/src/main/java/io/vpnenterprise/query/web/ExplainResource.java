package io.vpnenterprise.query.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.query.Explanations;
import io.vpnenterprise.query.PlanNode;
import io.vpnenterprise.query.QueryRequest;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArray;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** How PostgreSQL runs a statement. */
@Path("tenants/{id}/explain")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "tenants")
@Tag(name = "Queries")
public class ExplainResource {

    /**
     * A statement to explain.
     *
     * @param analyse whether to run it, too; what it changes is rolled back, but for sequences
     */
    public record Statement(String sql, JsonArray parameters, boolean analyse, Integer timeoutSeconds) {}

    /**
     * A step of a plan.
     *
     * @param actualMillis of all its loops; absent when it was not run
     * @param properties what PostgreSQL says more of it, by its names
     */
    public record NodeView(
            String type,
            String relation,
            double startupCost,
            double totalCost,
            double planRows,
            Double actualMillis,
            Double actualRows,
            Double loops,
            Map<String, String> properties,
            List<NodeView> children) {
        static NodeView from(PlanNode node) {
            return new NodeView(
                    node.type(),
                    node.relation().orElse(null),
                    node.startupCost(),
                    node.totalCost(),
                    node.planRows(),
                    node.actualMillis().orElse(null),
                    node.actualRows().orElse(null),
                    node.loops().orElse(null),
                    node.properties(),
                    node.children().stream().map(NodeView::from).toList());
        }
    }

    /** A plan. */
    public record ExplanationView(NodeView root, Double planningMillis, Double executionMillis) {}

    @Inject
    Explanations explanations;

    @Context
    SecurityContext security;

    @POST
    @Operation(summary = "Explains one statement, as a tree")
    public ExplanationView explain(@PathParam("id") UUID id, Statement statement) {
        Explanations.Explanation explanation = explanations.explain(
                CallerContext.caller(security),
                id,
                QueryRequest.of(
                        null,
                        statement.sql(),
                        QueryResource.texts(statement.parameters()),
                        null,
                        statement.timeoutSeconds(),
                        null),
                statement.analyse());
        return new ExplanationView(
                NodeView.from(explanation.root()),
                explanation.planningMillis().orElse(null),
                explanation.executionMillis().orElse(null));
    }
}
