package io.vpnenterprise.query;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads rows as JSON has them, up to a number of rows and of characters for a whole answer: booleans; whole numbers up to
 * 2<sup>53</sup>, beyond which a browser would round, and floating-point numbers as numbers; all else, {@code numeric} and
 * larger numbers included, as PostgreSQL's own text. Not thread-safe.
 */
final class ResultReader {

    /** About 8 MB of an answer. */
    private static final int MOST_CHARACTERS = 8_000_000;

    private static final long LARGEST_EXACT = 1L << 53;

    private int charactersLeft = MOST_CHARACTERS;

    /** What was read, and whether the rows went on. */
    record Rows(List<List<Object>> rows, boolean more) {}

    static List<QueryResult.Column> columns(ResultSet rows) throws SQLException {
        ResultSetMetaData meta = rows.getMetaData();
        List<QueryResult.Column> columns = new ArrayList<>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            columns.add(new QueryResult.Column(meta.getColumnLabel(i), meta.getColumnTypeName(i)));
        }
        return columns;
    }

    /** From the row behind the one that the cursor is at. */
    Rows read(ResultSet rows, List<QueryResult.Column> columns, int most) throws SQLException {
        List<List<Object>> read = new ArrayList<>();
        while (read.size() < most && charactersLeft > 0) {
            if (!rows.next()) {
                return new Rows(read, false);
            }
            read.add(row(rows, columns));
        }
        return new Rows(read, true);
    }

    private List<Object> row(ResultSet rows, List<QueryResult.Column> columns) throws SQLException {
        List<Object> row = new ArrayList<>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            String text = rows.getString(i + 1);
            charactersLeft -= text == null ? 4 : text.length() + 3;
            row.add(text == null ? null : value(text, columns.get(i).type()));
        }
        return row;
    }

    private static Object value(String text, String type) {
        return switch (type) {
            case "bool" -> text.equals("t") || text.equals("true");
            case "int2", "int4", "serial" -> Long.valueOf(text);
            case "int8", "bigserial", "oid" -> whole(text);
            case "float4", "float8" ->
                floating(text).<Object>map(number -> number).orElse(text);
            default -> text;
        };
    }

    private static Object whole(String text) {
        long number = Long.parseLong(text);
        return Math.abs(number) <= LARGEST_EXACT ? (Object) number : text;
    }

    private static Optional<Double> floating(String text) {
        double number = Double.parseDouble(text.replace("Infinity", "NaN"));
        return Double.isFinite(number) ? Optional.of(number) : Optional.empty();
    }
}
