package io.vpnenterprise.query.assistant;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The catalogue in a few words, one line for each table: what the model is told of a database. Names, types and keys; no
 * rows, no defaults and no comments, which may quote some.
 *
 * @param cut whether there was more
 */
record CatalogueText(String text, boolean cut) {

    /** About 5,000 words of a model's memory. */
    private static final int MOST_CHARACTERS = 20_000;

    /** What this role may read anything of (PostgreSQL, 53 System Catalogs). */
    private static final String TABLES = """
            SELECT format('%I.%I(%s)', n.nspname, c.relname,
                     (SELECT string_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                                               CASE WHEN a.attnotnull THEN ' not null' ELSE '' END), ', ' ORDER BY a.attnum)
                      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))
                   || coalesce((SELECT string_agg('; ' || pg_get_constraintdef(k.oid), '' ORDER BY k.contype DESC, k.conname)
                                FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'f')), '')
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
              AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
              AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
            ORDER BY n.nspname, c.relname LIMIT 1000""";

    static CatalogueText read(Connection connection) throws SQLException {
        StringBuilder text = new StringBuilder();
        try (Statement statement = connection.createStatement();
                ResultSet tables = statement.executeQuery(TABLES)) {
            while (tables.next()) {
                String table = tables.getString(1);
                if (text.length() + table.length() > MOST_CHARACTERS) {
                    return new CatalogueText(text.toString(), true);
                }
                text.append(table).append('\n');
            }
        }
        return new CatalogueText(text.toString(), false);
    }
}
