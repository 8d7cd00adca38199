package io.vpnenterprise.query.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.query.Queries;
import io.vpnenterprise.query.QueryError;
import io.vpnenterprise.query.QueryOutcome;
import io.vpnenterprise.query.QueryRequest;
import io.vpnenterprise.query.QueryResult;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArray;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** SQL in a tenant's database, with the role that the caller has there. */
@Path("tenants/{id}/query")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "tenants")
@Tag(name = "Queries")
public class QueryResource {

    /**
     * What to run.
     *
     * @param id a UUID of the client's, by which it can cancel the query; absent: one of ours
     * @param sql one statement or more, which run one after another, each a transaction of its own unless the text says BEGIN
     * @param parameters of one statement, for {@code $1}, {@code $2}, …: texts, numbers, booleans, nulls, and arrays and
     *     objects as JSON
     * @param maxRows of each result, 1 to 10,000; absent: 1,000
     * @param timeoutSeconds 1 to 600, and no longer than the plan allows; absent: 30
     * @param pageSize 1 to 1,000: of one statement, whose further rows then wait a minute for {@code next}
     */
    public record Query(
            UUID id, String sql, JsonArray parameters, Integer maxRows, Integer timeoutSeconds, Integer pageSize) {
        QueryRequest request() {
            return QueryRequest.of(id, sql, texts(parameters), maxRows, timeoutSeconds, pageSize);
        }
    }

    /** A column, with PostgreSQL's name of its type. */
    public record ColumnView(String name, String type) {}

    /**
     * What one statement gave.
     *
     * @param statement its number in the text, from 1
     * @param rows in the columns' order: numbers as far as a browser reads them exactly, booleans, nulls, and all else as
     *     PostgreSQL's text
     * @param affectedRows absent when it gives rows
     * @param truncated whether it has more rows
     */
    public record ResultView(
            int statement, List<ColumnView> columns, List<List<Object>> rows, Long affectedRows, boolean truncated) {
        static ResultView from(QueryResult result) {
            return new ResultView(
                    result.statement(),
                    result.columns().stream()
                            .map(column -> new ColumnView(column.name(), column.type()))
                            .toList(),
                    result.rows(),
                    result.affected().orElse(null),
                    result.truncated());
        }
    }

    /**
     * What a query gave.
     *
     * @param notices what the server said beside
     * @param rolledBack whether the text began a transaction that it did not end
     * @param more whether {@code POST /tenants/{id}/queries/{queryId}/next} gives a further page
     */
    public record QueryView(
            UUID id,
            List<ResultView> results,
            List<String> notices,
            double tookMillis,
            boolean rolledBack,
            boolean more) {
        static QueryView from(QueryOutcome outcome) {
            return new QueryView(
                    outcome.id(),
                    outcome.results().stream().map(ResultView::from).toList(),
                    outcome.notices(),
                    outcome.took().toNanos() / 1_000 / 1_000.0,
                    outcome.rolledBack(),
                    outcome.morePages());
        }
    }

    @Inject
    Queries queries;

    @Context
    SecurityContext security;

    @POST
    @Operation(
            summary = "Runs SQL with the caller's role in the database",
            description =
                    "What that role may not do, PostgreSQL refuses. A failure is QUERY_FAILED, QUERY_CANCELLED or"
                            + " QUERY_TIMED_OUT, with details: statement, sqlState, position, line, column, detail, hint, constraint.")
    public QueryView run(@PathParam("id") UUID id, Query query) {
        return QueryView.from(queries.run(CallerContext.caller(security), id, query.request()));
    }

    /** As PostgreSQL reads them. */
    static List<String> texts(JsonArray parameters) {
        List<String> texts = new ArrayList<>();
        if (parameters != null) {
            for (JsonValue value : parameters) {
                texts.add(text(value));
            }
        }
        return texts;
    }

    private static String text(JsonValue value) {
        if (value == JsonValue.NULL || value.getValueType() == JsonValue.ValueType.NULL) {
            return null;
        }
        String text = value instanceof JsonString string ? string.getString() : value.toString();
        if (text.indexOf(0) >= 0) {
            throw VpnException.ofField(QueryError.INVALID_QUERY_PARAMETERS, "parameters", null);
        }
        return text;
    }
}
