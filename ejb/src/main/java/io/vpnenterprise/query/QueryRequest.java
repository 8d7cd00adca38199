package io.vpnenterprise.query;

import io.vpnenterprise.platform.VpnException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What to run.
 *
 * @param id by which it can be cancelled
 * @param parameters as texts that PostgreSQL reads as the type that it wants there; null is SQL's null
 * @param maxRows of each result, 1 to 10,000
 * @param timeout 1 s to 10 minutes, and never longer than the tenant's plan allows
 * @param pageSize rows of a page, when the rest is to be kept: 1 to 1,000
 */
public record QueryRequest(
        UUID id, String sql, List<String> parameters, int maxRows, Duration timeout, Optional<Integer> pageSize) {

    private static final int MOST_CHARACTERS = 100_000;
    private static final int DEFAULT_ROWS = 1_000;
    private static final int MOST_ROWS = 10_000;
    private static final int MOST_OF_A_PAGE = 1_000;
    private static final int DEFAULT_SECONDS = 30;
    private static final int MOST_SECONDS = 600;

    public QueryRequest {
        requireText(sql);
        parameters = Collections.unmodifiableList(new ArrayList<>(parameters));
    }

    /** What is null has its default. */
    public static QueryRequest of(
            UUID id, String sql, List<String> parameters, Integer maxRows, Integer timeoutSeconds, Integer pageSize) {
        return new QueryRequest(
                id == null ? UUID.randomUUID() : id,
                sql,
                parameters,
                within("maxRows", maxRows, DEFAULT_ROWS, MOST_ROWS),
                Duration.ofSeconds(within("timeoutSeconds", timeoutSeconds, DEFAULT_SECONDS, MOST_SECONDS)),
                Optional.ofNullable(pageSize).map(size -> within("pageSize", size, 1, MOST_OF_A_PAGE)));
    }

    static void requireText(String sql) {
        if (sql == null || sql.isBlank() || sql.length() > MOST_CHARACTERS || sql.indexOf(0) >= 0) {
            throw VpnException.ofField(QueryError.INVALID_QUERY, "sql", null);
        }
    }

    private static int within(String field, Integer value, int otherwise, int most) {
        if (value == null) {
            return otherwise;
        }
        if (value < 1 || value > most) {
            throw VpnException.ofField(QueryError.INVALID_QUERY_LIMIT, field, "1 to " + most);
        }
        return value;
    }
}
