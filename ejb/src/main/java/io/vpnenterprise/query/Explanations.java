package io.vpnenterprise.query;

import io.vpnenterprise.platform.Caller;
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
import java.time.Duration;
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

    @Inject
    Deadlines deadlines;

    /**
     * Explains one statement.
     *
     * @param analyse whether to run it, too: what it changes is rolled back, but for sequences
     * @throws io.vpnenterprise.platform.VpnException {@code ONE_STATEMENT_NEEDED}, {@code QUERY_FAILED}, and as {@link Queries#run}
     */
    public Explanation explain(Caller caller, UUID tenantId, QueryRequest request, boolean analyse) {
        Statements.Part part = Statements.of(request.sql()).one();
        Runnable release = places.take(tenantId, caller.userId());
        try (TenantSession session = sessions.open(caller, tenantId, TenantRole.VIEWER)) {
            QueryRows.Backend backend = QueryRows.Backend.of(caller, session);
            rows.begin(caller, session, backend, request);
            return explained(caller, session, backend, request, part, analyse);
        } finally {
            release.run();
        }
    }

    private Explanation explained(
            Caller caller,
            TenantSession session,
            QueryRows.Backend backend,
            QueryRequest request,
            Statements.Part part,
            boolean analyse) {
        Connection connection = session.connection();
        String how = analyse ? "EXPLAIN (FORMAT JSON, ANALYZE, BUFFERS) " : "EXPLAIN (FORMAT JSON) ";
        Parameters parameters = Parameters.of(part.sql());
        Duration ofThePlan = session.plan().statement();
        Duration limit = request.timeout().compareTo(ofThePlan) < 0 ? request.timeout() : ofThePlan;
        QueryRows.Outcome outcome = QueryRows.Outcome.FAILED;
        Deadlines.Deadline deadline = deadlines.set(session, backend, limit);
        try {
            // Not committed: the session ends with it.
            connection.setAutoCommit(false);
            try (PreparedStatement statement = connection.prepareStatement(how + parameters.sql())) {
                parameters.bind(statement, request.parameters());
                try (ResultSet plan = statement.executeQuery()) {
                    plan.next();
                    Explanation explanation = read(plan.getString(1));
                    outcome = QueryRows.Outcome.DONE;
                    return explanation;
                }
            }
        } catch (SQLException e) {
            outcome = deadline.isOver() ? QueryRows.Outcome.TIMED_OUT : QueryRows.Outcome.FAILED;
            outcome = rows.end(caller, session.tenantId(), request.id(), outcome, e.getSQLState(), 0);
            // PostgreSQL counts from what we put in front.
            Statements.Part sent = new Statements.Part(1, how + part.sql(), part.offset() - how.length());
            throw new QueryFailure.Refused(Queries.codeOf(outcome), QueryFailure.of(e, sent, request.sql()), e);
        } finally {
            deadline.close();
            // Unless it is there already.
            rows.end(caller, session.tenantId(), request.id(), outcome, null, 0);
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
