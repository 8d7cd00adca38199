package io.vpnenterprise.query.catalogue;

import io.vpnenterprise.platform.VpnException;

/** A table or view with its schema. */
public record TableName(String schema, String table) {

    private static final String DEFAULT_SCHEMA = "public";

    public TableName {
        SqlText.requireName(schema, "schema");
        SqlText.requireName(table, "table");
    }

    /**
     * Reads {@code schema.table}, or a table of {@code public}. Names are taken as they are, with their case; the first dot
     * divides, unless a name is in double quotes, with those inside it doubled: {@code "a.b"."c.d"}.
     *
     * @throws VpnException {@code INVALID_IDENTIFIER}
     */
    public static TableName parse(String text) {
        int divider = text.startsWith("\"") ? endOfQuoted(text) : text.indexOf('.');
        if (divider < 0 || divider == text.length()) {
            return new TableName(DEFAULT_SCHEMA, plain(text));
        }
        if (text.charAt(divider) != '.') {
            throw invalid(text);
        }
        return new TableName(plain(text.substring(0, divider)), plain(text.substring(divider + 1)));
    }

    /** Behind the quote that ends what begins with one. */
    private static int endOfQuoted(String text) {
        for (int i = 1; i < text.length(); i++) {
            if (text.charAt(i) == '"') {
                if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    i++;
                } else {
                    return i + 1;
                }
            }
        }
        throw invalid(text);
    }

    private static String plain(String part) {
        if (!part.startsWith("\"")) {
            return part;
        }
        if (endOfQuoted(part) != part.length()) {
            throw invalid(part);
        }
        return part.substring(1, part.length() - 1).replace("\"\"", "\"");
    }

    private static VpnException invalid(String text) {
        return VpnException.ofField(CatalogueError.INVALID_IDENTIFIER, "table", text);
    }

    /** As a part of a statement. */
    public String sql() {
        return SqlText.name(schema) + "." + SqlText.name(table);
    }

    /** For people; as an address of it, when no name has a dot or a quote. */
    @Override
    public String toString() {
        return schema + "." + table;
    }
}
