package io.vpnenterprise.query;

import io.vpnenterprise.platform.VpnException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.core.NativeQuery;
import org.postgresql.core.Parser;

/**
 * The statements of a text. The driver finds where each ends, past quotes, comments and bodies of functions; it is told so, for
 * each gets a result and an error's position of its own. Nobody here asks what they do.
 */
record Statements(List<Part> parts) {

    /**
     * A statement.
     *
     * @param number from 1
     * @param offset of its first character in the text
     */
    record Part(int number, String sql, int offset) {}

    static Statements of(String text) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        try {
            for (NativeQuery query : Parser.parseJdbcSql(text, true, false, true, false, false)) {
                int offset = text.indexOf(query.nativeSql, from);
                if (!query.nativeSql.isBlank() && offset >= 0) {
                    parts.add(new Part(parts.size() + 1, query.nativeSql, offset));
                    from = offset + query.nativeSql.length();
                }
            }
        } catch (SQLException e) {
            throw new VpnException(QueryError.INVALID_QUERY, null, e);
        }
        if (parts.isEmpty()) {
            throw VpnException.ofField(QueryError.INVALID_QUERY, "sql", null);
        }
        return new Statements(List.copyOf(parts));
    }

    /** @throws VpnException {@code ONE_STATEMENT_NEEDED} when there are more */
    Part one() {
        if (parts.size() > 1) {
            throw VpnException.ofField(QueryError.ONE_STATEMENT_NEEDED, "sql", null);
        }
        return parts.get(0);
    }
}
