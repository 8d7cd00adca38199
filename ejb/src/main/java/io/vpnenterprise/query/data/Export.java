package io.vpnenterprise.query.data;

import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.query.catalogue.Column;
import io.vpnenterprise.query.catalogue.Table;
import java.util.stream.Collectors;

/**
 * A table to be exported, with the columns that the caller may read.
 *
 * @param guarded whether a cell that a spreadsheet would take for a formula begins with an apostrophe
 */
public record Export(Table table, Format format, boolean guarded) {

    /** How it is written. */
    public enum Format {
        /** RFC 4180; no value at all for null, and {@code ""} for the empty text. */
        CSV,
        /** One array. */
        JSON,
        /** A row, a line. */
        JSONL;

        /** @throws VpnException {@code INVALID_FORMAT} */
        public static Format of(String text) {
            return switch (text == null ? "csv" : text) {
                case "csv" -> CSV;
                case "json" -> JSON;
                case "jsonl" -> JSONL;
                default -> throw VpnException.ofField(DataError.INVALID_FORMAT, "format", null);
            };
        }
    }

    /** No character of a JSON text, not even between its parts. */
    static final byte JSON_QUOTE = 1;

    /** Numbers, times, spans of time and booleans begin as they do, and are none. */
    private static final String NO_FORMULAS = "NDTB";

    /** What makes a formula in spreadsheets, also in the wide forms of East Asian ones. */
    private static final String FORMULA = "('=', '+', '-', '@', E'\\t', E'\\r', E'\\n', '＝', '＋', '－', '＠')";

    /** COPY takes no parameters: it is made of quoted names alone. */
    String statement() {
        return format == Format.CSV ? csv() : json();
    }

    private String csv() {
        return "COPY (SELECT " + table.readable().stream().map(this::cell).collect(Collectors.joining(", ")) + " FROM "
                + table.name().sql() + " AS r) TO STDOUT WITH (FORMAT csv)";
    }

    private String cell(Column column) {
        String value = "r." + column.sql();
        if (!guarded || NO_FORMULAS.indexOf(column.category()) >= 0) {
            return value;
        }
        return "CASE WHEN pg_catalog.left(" + value + "::text, 1) IN " + FORMULA + " THEN '''' || " + value
                + "::text ELSE " + value + "::text END";
    }

    /** As CSV of one column, with a quote that is in no JSON: the text as it is, which COPY's own form would escape. */
    private String json() {
        String row = table.alias("x");
        return "COPY (SELECT pg_catalog.row_to_json(" + row + ") FROM (SELECT "
                + table.readable().stream().map(column -> "r." + column.sql()).collect(Collectors.joining(", "))
                + " FROM " + table.name().sql() + " AS r) AS " + row
                + ") TO STDOUT WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')";
    }

    String header() {
        return table.readable().stream()
                        .map(Column::name)
                        .map(name -> '"' + (guarded && isFormula(name) ? "'" : "") + name.replace("\"", "\"\"") + '"')
                        .collect(Collectors.joining(","))
                + "\r\n";
    }

    private static boolean isFormula(String name) {
        return "=+-@\t\r\n＝＋－＠".indexOf(name.charAt(0)) >= 0;
    }
}
