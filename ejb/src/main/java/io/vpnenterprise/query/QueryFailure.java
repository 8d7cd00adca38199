package io.vpnenterprise.query;

import io.vpnenterprise.platform.VpnException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What PostgreSQL said of a statement that it refused: the member's own words and rows, so all of it is his to read.
 *
 * @param statement its number in the text, from 1
 * @param position of the character in the query's text, from 1
 * @param line from 1; column likewise
 */
public record QueryFailure(
        int statement,
        String sqlState,
        String message,
        Optional<String> detail,
        Optional<String> hint,
        Optional<String> constraint,
        Optional<Integer> position,
        Optional<Integer> line,
        Optional<Integer> column) {

    private static final String CANCELLED = "57014";

    /** Carries it to whoever answers. */
    public static final class Refused extends VpnException {

        private static final long serialVersionUID = 1L;

        private final transient QueryFailure failure;

        Refused(QueryError code, QueryFailure failure, SQLException cause) {
            super(code, failure.message(), cause);
            this.failure = failure;
        }

        /** {@code statement}, {@code sqlState}, and what PostgreSQL said of the rest. */
        @Override
        public Map<String, Object> details() {
            Map<String, Object> details = new TreeMap<>();
            details.put("statement", failure.statement());
            details.put("sqlState", failure.sqlState());
            failure.detail().ifPresent(text -> details.put("detail", text));
            failure.hint().ifPresent(text -> details.put("hint", text));
            failure.constraint().ifPresent(name -> details.put("constraint", name));
            failure.position().ifPresent(at -> details.put("position", at));
            failure.line().ifPresent(at -> details.put("line", at));
            failure.column().ifPresent(at -> details.put("column", at));
            return details;
        }
    }

    /** @param text of the query that the statement is a part of */
    static QueryFailure of(SQLException e, Statements.Part part, String text) {
        Optional<ServerErrorMessage> server =
                e instanceof PSQLException ours ? Optional.ofNullable(ours.getServerErrorMessage()) : Optional.empty();
        Optional<Integer> position = server.map(ServerErrorMessage::getPosition)
                .filter(at -> at > 0 && at <= part.sql().length() + 1)
                .map(at -> part.offset() + at);
        return new QueryFailure(
                part.number(),
                String.valueOf(e.getSQLState()),
                server.map(ServerErrorMessage::getMessage).orElse(String.valueOf(e.getMessage())),
                server.map(ServerErrorMessage::getDetail),
                server.map(ServerErrorMessage::getHint),
                server.map(ServerErrorMessage::getConstraint),
                position,
                position.map(at -> 1
                        + (int) text.substring(0, at - 1)
                                .chars()
                                .filter(character -> character == '\n')
                                .count()),
                position.map(at -> at - 1 - text.lastIndexOf('\n', at - 2)));
    }

    boolean isCancelled() {
        return sqlState.equals(CANCELLED);
    }
}
