package io.vpnenterprise.query;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.tenants.TenantError;
import io.vpnenterprise.tenants.TenantRole;
import io.vpnenterprise.tenants.TenantSession;
import io.vpnenterprise.tenants.TenantSessions;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** Shows how PostgreSQL would run a member's statement, or ran it. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Explanations {

    /**
     * A plan.
     *
     * @param planningMillis when it was run
     */
    public record Explanation(PlanNode root, Optional<Double> planningMillis, Optional<Double> executionMillis) {}

    @Inject
    TenantSessions sessions;

    @Inject
    QueryRows rows;

    @Inject
    QueryPlaces places;

    /**
     * Explains one statement.
     *
     * @param analyse whether to run it, too: what it changes is rolled back, but for sequences
     * @throws VpnException {@code ONE_STATEMENT_NEEDED}, {@code QUERY_FAILED}, and as {@link Queries#run}
     */
    public Explanation explain(Caller caller, UUID tenantId, QueryRequest request, boolean analyse) {
        Statements.Part part = Statements.of(request.sql()).one();
        places.take(tenantId);
        try (TenantSession session = sessions.open(caller, tenantId, TenantRole.VIEWER)) {
            rows.begin(caller, session, request);
            return explained(session, request, part, analyse);
        } finally {
            places.giveBack(tenantId);
        }
    }

    private Explanation explained(TenantSession session, QueryRequest request, Statements.Part part, boolean analyse) {
        Connection connection = session.connection();
        String how = analyse ? "EXPLAIN (FORMAT JSON, ANALYZE, BUFFERS) " : "EXPLAIN (FORMAT JSON) ";
        Parameters parameters = Parameters.of(part.sql());
        try {
            // Not committed: the session ends with it.
            connection.setAutoCommit(false);
            try (PreparedStatement statement = connection.prepareStatement(how + parameters.sql())) {
                parameters.bind(statement, request.parameters());
                statement.setQueryTimeout((int) Math.min(
                        request.timeout().toSeconds(),
                        session.plan().statement().toSeconds()));
                try (ResultSet plan = statement.executeQuery()) {
                    plan.next();
                    Explanation explanation = read(plan.getString(1));
                    rows.end(request.id(), QueryRows.Outcome.DONE, null, 0);
                    return explanation;
                }
            }
        } catch (SQLException e) {
            rows.end(request.id(), QueryRows.Outcome.FAILED, e.getSQLState(), 0);
            if (QueryFailure.isOfTheServer(e)) {
                throw new VpnException(TenantError.CLUSTER_UNAVAILABLE, "SQLSTATE " + e.getSQLState(), e);
            }
            // PostgreSQL counts from what we put in front.
            Statements.Part sent = new Statements.Part(1, how + part.sql(), part.offset() - how.length());
            throw new QueryFailure.Refused(QueryError.QUERY_FAILED, QueryFailure.of(e, sent, request.sql()), e);
        }
    }

    private static Explanation read(String json) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            JsonObject plan = reader.readArray().getJsonObject(0);
            return new Explanation(
                    PlanNode.of(plan.getJsonObject("Plan")),
                    millis(plan, "Planning Time"),
                    millis(plan, "Execution Time"));
        }
    }

    private static Optional<Double> millis(JsonObject plan, String name) {
        return plan.get(name) instanceof JsonNumber number ? Optional.of(number.doubleValue()) : Optional.empty();
    }
}
