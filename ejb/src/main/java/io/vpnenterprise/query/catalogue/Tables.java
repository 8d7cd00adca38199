package io.vpnenterprise.query.catalogue;

import io.vpnenterprise.platform.VpnException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads PostgreSQL's catalogue: always by schema and name together, or by oid. */
public final class Tables {

    private static final String LIMIT = " LIMIT " + Catalogue.MOST;

    private static final String RELATIONS = """
            SELECT n.nspname, c.relname, obj_description(c.oid, 'pg_class') AS comment, c.relrowsecurity, c.relforcerowsecurity,
              CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                             WHEN 'm' THEN 'materialized view' ELSE 'foreign table' END AS kind,
              CASE WHEN c.relkind = 'v' THEN NULL WHEN c.reltuples >= 0 THEN c.reltuples::bigint
                   ELSE nullif(pg_stat_get_live_tuples(c.oid), 0) END AS estimated,
              coalesce(pg_total_relation_size(c.oid), 0) AS total, coalesce(pg_table_size(c.oid), 0) AS own,
              coalesce(pg_indexes_size(c.oid), 0) AS indexes
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
              AND has_schema_privilege(n.oid, 'USAGE')""";

    private static final String OF_TABLE = """
             JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f')""";

    private Tables() {}

    static List<Relation> list(Connection connection, String schema) throws SQLException {
        return TenantWork.list(
                connection, RELATIONS + " AND n.nspname = ? ORDER BY c.relname" + LIMIT, Tables::relation, schema);
    }

    static List<Relation> largest(Connection connection, int most) throws SQLException {
        return TenantWork.list(connection, RELATIONS + " ORDER BY total DESC, 1, 2 LIMIT " + most, Tables::relation);
    }

    static Relation requireRelation(Connection connection, TableName name) throws SQLException {
        return TenantWork.list(
                        connection,
                        RELATIONS + " AND n.nspname = ? AND c.relname = ?",
                        Tables::relation,
                        name.schema(),
                        name.table())
                .stream()
                .findFirst()
                .orElseThrow(() -> new VpnException(CatalogueError.TABLE_NOT_FOUND, name.toString()));
    }

    private static Relation relation(ResultSet row) throws SQLException {
        return new Relation(
                new TableName(row.getString("nspname"), row.getString("relname")),
                row.getString("kind"),
                Optional.ofNullable(row.getString("comment")),
                Optional.ofNullable(row.getObject("estimated", Long.class)),
                row.getLong("total"),
                row.getLong("own"),
                row.getLong("indexes"),
                row.getBoolean("relrowsecurity"),
                row.getBoolean("relforcerowsecurity"));
    }

    /** @throws VpnException {@code TABLE_NOT_FOUND} */
    public static Table require(Connection connection, TableName name) throws SQLException {
        return new Table(name, requireRelation(connection, name).kind(), columns(connection, name));
    }

    static List<Column> columns(Connection connection, TableName name) throws SQLException {
        return TenantWork.list(connection, """
                SELECT a.attname, a.attnum, format_type(a.atttypid, a.atttypmod) AS type, format_type(a.atttypid, NULL) AS base,
                  t.typcategory, NOT a.attnotnull AS nullable, pg_get_expr(d.adbin, d.adrelid) AS default_expression,
                  a.attidentity, a.attgenerated,
                  information_schema._pg_char_max_length(a.atttypid, a.atttypmod) AS length,
                  information_schema._pg_numeric_precision(a.atttypid, a.atttypmod) AS precision,
                  information_schema._pg_numeric_scale(a.atttypid, a.atttypmod) AS scale,
                  array_position(p.conkey, a.attnum) AS key_position,
                  EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indpred IS NULL
                          AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum) AS is_unique,
                  col_description(c.oid, a.attnum) AS comment,
                  has_column_privilege(c.oid, a.attnum, 'SELECT') AS readable
                FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                JOIN pg_type t ON t.oid = a.atttypid
                LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
                LEFT JOIN pg_constraint p ON p.conrelid = c.oid AND p.contype = 'p'
                WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                ORDER BY a.attnum""", Tables::column, name.schema(), name.table());
    }

    private static Column column(ResultSet row) throws SQLException {
        String identity =
                switch (row.getString("attidentity")) {
                    case "a" -> "always";
                    case "d" -> "by default";
                    default -> null;
                };
        return new Column(
                row.getString("attname"),
                row.getInt("attnum"),
                row.getString("type"),
                row.getString("base"),
                row.getString("typcategory").charAt(0),
                row.getBoolean("nullable"),
                Optional.ofNullable(row.getString("default_expression")),
                Optional.ofNullable(identity),
                !row.getString("attgenerated").isEmpty(),
                Optional.ofNullable(row.getObject("length", Integer.class)),
                Optional.ofNullable(row.getObject("precision", Integer.class)),
                Optional.ofNullable(row.getObject("scale", Integer.class)),
                Optional.ofNullable(row.getObject("key_position", Integer.class)),
                row.getBoolean("is_unique"),
                Optional.ofNullable(row.getString("comment")),
                row.getBoolean("readable"));
    }

    static List<Catalogue.Key> keys(Connection connection, TableName name) throws SQLException {
        return TenantWork.list(
                connection,
                """
                SELECT con.conname, pg_get_constraintdef(con.oid, true) AS definition,
                  CASE con.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'x' THEN 'exclusion'
                                   ELSE 'check' END AS kind,
                  ARRAY(SELECT a.attname::text FROM unnest(con.conkey) WITH ORDINALITY k(number, place)
                        JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.number ORDER BY k.place) AS columns
                FROM pg_class c JOIN pg_constraint con ON con.conrelid = c.oid AND con.contype IN ('p', 'u', 'c', 'x')""" + OF_TABLE + " ORDER BY con.contype = 'c', con.conname" + LIMIT,
                row -> new Catalogue.Key(
                        row.getString("conname"),
                        row.getString("kind"),
                        texts(row, "columns"),
                        row.getString("definition")),
                name.schema(),
                name.table());
    }

    /** @param condition over {@code sn.nspname, sc.relname} and, of the referenced table, {@code tn.nspname, tc.relname} */
    static List<Relationship> relationships(Connection connection, String condition, String... names)
            throws SQLException {
        return TenantWork.list(
                connection, """
                SELECT con.conname, sn.nspname AS from_schema, sc.relname AS from_table, tn.nspname AS to_schema,
                  tc.relname AS to_table, con.confupdtype, con.confdeltype, con.condeferrable, con.convalidated,
                  ARRAY(SELECT a.attname::text FROM unnest(con.conkey) WITH ORDINALITY k(number, place)
                        JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.number ORDER BY k.place) AS columns,
                  ARRAY(SELECT a.attname::text FROM unnest(con.confkey) WITH ORDINALITY k(number, place)
                        JOIN pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.number ORDER BY k.place) AS referenced,
                  EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = con.conrelid AND i.indisunique AND i.indpred IS NULL
                          AND i.indexprs IS NULL AND (i.indkey::int2[])[0:i.indnkeyatts - 1] <@ con.conkey) AS is_unique
                FROM pg_constraint con
                JOIN pg_class sc ON sc.oid = con.conrelid JOIN pg_namespace sn ON sn.oid = sc.relnamespace
                JOIN pg_class tc ON tc.oid = con.confrelid JOIN pg_namespace tn ON tn.oid = tc.relnamespace
                WHERE con.contype = 'f' AND con.conparentid = 0 AND\s""" + condition + " ORDER BY 2, 3, 1" + LIMIT, Tables::relationship, (Object[]) names);
    }

    private static Relationship relationship(ResultSet row) throws SQLException {
        return new Relationship(
                row.getString("conname"),
                new TableName(row.getString("from_schema"), row.getString("from_table")),
                texts(row, "columns"),
                new TableName(row.getString("to_schema"), row.getString("to_table")),
                texts(row, "referenced"),
                row.getBoolean("is_unique"),
                action(row.getString("confupdtype")),
                action(row.getString("confdeltype")),
                row.getBoolean("condeferrable"),
                row.getBoolean("convalidated"));
    }

    private static String action(String letter) {
        return switch (letter) {
            case "r" -> "restrict";
            case "c" -> "cascade";
            case "n" -> "set null";
            case "d" -> "set default";
            default -> "no action";
        };
    }

    static List<Catalogue.Index> indexes(Connection connection, TableName name) throws SQLException {
        return TenantWork.list(
                connection,
                """
                SELECT ic.relname AS index, am.amname, i.indisunique, i.indisprimary, i.indisvalid,
                  pg_get_expr(i.indpred, i.indrelid) AS predicate, pg_relation_size(ic.oid) AS bytes,
                  pg_get_indexdef(ic.oid) AS definition,
                  ARRAY(SELECT pg_get_indexdef(ic.oid, k, true) FROM generate_series(1, i.indnkeyatts) k) AS columns,
                  ARRAY(SELECT pg_get_indexdef(ic.oid, k, true) FROM generate_series(i.indnkeyatts + 1, i.indnatts) k) AS included
                FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid
                JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am am ON am.oid = ic.relam""" + OF_TABLE + " ORDER BY ic.relname" + LIMIT,
                row -> new Catalogue.Index(
                        row.getString("index"),
                        row.getString("amname"),
                        texts(row, "columns"),
                        texts(row, "included"),
                        row.getBoolean("indisunique"),
                        row.getBoolean("indisprimary"),
                        row.getBoolean("indisvalid"),
                        Optional.ofNullable(row.getString("predicate")),
                        row.getLong("bytes"),
                        row.getString("definition")),
                name.schema(),
                name.table());
    }

    static List<Catalogue.Trigger> triggers(Connection connection, TableName name) throws SQLException {
        return TenantWork.list(
                connection,
                """
                SELECT t.tgname, t.tgenabled <> 'D' AS enabled, t.tgtype & 1 <> 0 AS each_row,
                  CASE WHEN t.tgtype & 64 <> 0 THEN 'instead of' WHEN t.tgtype & 2 <> 0 THEN 'before' ELSE 'after' END AS timing,
                  array_remove(ARRAY[CASE WHEN t.tgtype & 4 <> 0 THEN 'insert' END, CASE WHEN t.tgtype & 16 <> 0 THEN 'update' END,
                    CASE WHEN t.tgtype & 8 <> 0 THEN 'delete' END, CASE WHEN t.tgtype & 32 <> 0 THEN 'truncate' END], NULL) AS events,
                  t.tgfoid::regproc::text AS function, pg_get_triggerdef(t.oid, true) AS definition
                FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal""" + OF_TABLE + " ORDER BY t.tgname" + LIMIT,
                row -> new Catalogue.Trigger(
                        row.getString("tgname"),
                        row.getString("timing"),
                        texts(row, "events"),
                        row.getBoolean("each_row"),
                        row.getBoolean("enabled"),
                        row.getString("function"),
                        row.getString("definition")),
                name.schema(),
                name.table());
    }

    static List<Catalogue.Policy> policies(Connection connection, TableName name) throws SQLException {
        return TenantWork.list(
                connection,
                """
                SELECT p.polname, p.polpermissive, pg_get_expr(p.polqual, p.polrelid) AS using,
                  pg_get_expr(p.polwithcheck, p.polrelid) AS checked,
                  CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete'
                                ELSE 'all' END AS command,
                  ARRAY(SELECT CASE WHEN r = 0 THEN 'public' ELSE pg_get_userbyid(r)::text END FROM unnest(p.polroles) r) AS roles
                FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid""" + OF_TABLE + " ORDER BY p.polname" + LIMIT,
                row -> new Catalogue.Policy(
                        row.getString("polname"),
                        row.getString("command"),
                        row.getBoolean("polpermissive"),
                        texts(row, "roles"),
                        Optional.ofNullable(row.getString("using")),
                        Optional.ofNullable(row.getString("checked"))),
                name.schema(),
                name.table());
    }

    static List<Catalogue.Function> functions(Connection connection, String schema) throws SQLException {
        return TenantWork.list(
                connection,
                """
                SELECT p.proname, pg_get_function_arguments(p.oid) AS arguments, pg_get_function_result(p.oid) AS result,
                  l.lanname, p.prosecdef, obj_description(p.oid, 'pg_proc') AS comment,
                  CASE p.prokind WHEN 'f' THEN 'function' WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'window' END AS kind,
                  CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
                  CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END AS definition,
                  (SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                   WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') AS extension
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
                WHERE n.nspname = ? ORDER BY p.proname, arguments""" + LIMIT,
                row -> new Catalogue.Function(
                        row.getString("proname"),
                        row.getString("kind"),
                        row.getString("arguments"),
                        Optional.ofNullable(row.getString("result")),
                        row.getString("lanname"),
                        row.getString("volatility"),
                        row.getBoolean("prosecdef"),
                        Optional.ofNullable(row.getString("extension")),
                        Optional.ofNullable(row.getString("comment")),
                        Optional.ofNullable(row.getString("definition"))),
                schema);
    }

    static List<String> texts(ResultSet row, String column) throws SQLException {
        return Arrays.asList((String[]) row.getArray(column).getArray());
    }
}
