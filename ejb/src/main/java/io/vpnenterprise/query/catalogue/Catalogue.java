package io.vpnenterprise.query.catalogue;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What is in a tenant's database, for its members. Each list ends at {@value #MOST} items. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Catalogue {

    static final int MOST = 10_000;

    private static final String LIMIT = " LIMIT " + MOST;

    @Inject
    TenantWork work;

    /**
     * A schema.
     *
     * @param tables and views in it
     */
    public record Schema(String name, Optional<String> comment, String owner, long tables) {}

    /** A primary key or a constraint that makes columns unique or checks them. */
    public record Key(String name, String kind, List<String> columns, String definition) {}

    /**
     * An index.
     *
     * @param columns columns and expressions
     * @param included columns that are in it beside
     */
    public record Index(
            String name,
            String method,
            List<String> columns,
            List<String> included,
            boolean unique,
            boolean primary,
            boolean valid,
            Optional<String> predicate,
            long bytes,
            String definition) {}

    /** A function, procedure or aggregate. */
    public record Function(
            String name,
            String kind,
            String arguments,
            Optional<String> result,
            String language,
            String volatility,
            boolean securityDefiner,
            Optional<String> extension,
            Optional<String> comment,
            Optional<String> definition) {}

    /** A trigger of a table. */
    public record Trigger(
            String name,
            String timing,
            List<String> events,
            boolean forEachRow,
            boolean enabled,
            String function,
            String definition) {}

    /**
     * A policy of row-level security.
     *
     * @param command {@code all}, {@code select}, {@code insert}, {@code update} or {@code delete}
     */
    public record Policy(
            String name,
            String command,
            boolean permissive,
            List<String> roles,
            Optional<String> using,
            Optional<String> check) {}

    /** A table with all that belongs to it. */
    public record Structure(
            Relation relation,
            List<Column> columns,
            List<Key> keys,
            List<Relationship> relationships,
            List<Index> indexes,
            List<Trigger> triggers,
            List<Policy> policies) {}

    /** A role of this database. */
    public record Role(String name, boolean canSignIn, int connectionLimit, List<String> memberOf) {}

    /** An extension: installed when it has an installed version, allowed when a tenant may create it. */
    public record Extension(
            String name, Optional<String> installedVersion, String defaultVersion, boolean allowed, String comment) {}

    /** What the database takes. */
    public record Sizes(long databaseBytes, long tableBytes, long indexBytes, long tables, List<Relation> largest) {}

    /** @throws VpnException {@code TENANT_NOT_FOUND} and the like, as all here */
    public List<Schema> schemas(Caller caller, UUID tenantId) {
        return work.read(
                caller,
                tenantId,
                connection -> TenantWork.list(
                        connection,
                        """
                        SELECT n.nspname, obj_description(n.oid, 'pg_namespace') AS comment, pg_get_userbyid(n.nspowner) AS owner,
                          (SELECT count(*) FROM pg_class c
                           WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')) AS tables
                        FROM pg_namespace n
                        WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND has_schema_privilege(n.oid, 'USAGE')
                        ORDER BY n.nspname""" + LIMIT,
                        row -> new Schema(
                                row.getString("nspname"),
                                Optional.ofNullable(row.getString("comment")),
                                row.getString("owner"),
                                row.getLong("tables"))));
    }

    /** @throws VpnException {@code SCHEMA_NOT_FOUND} */
    public List<Relation> tables(Caller caller, UUID tenantId, String schema) {
        return work.read(caller, tenantId, connection -> {
            requireSchema(connection, schema);
            return Tables.list(connection, schema);
        });
    }

    /** Those from and to tables of the schema. */
    public List<Relationship> relationships(Caller caller, UUID tenantId, String schema) {
        return work.read(caller, tenantId, connection -> {
            requireSchema(connection, schema);
            return Tables.relationships(connection, "(sn.nspname = ? OR tn.nspname = ?)", schema, schema);
        });
    }

    public List<Function> functions(Caller caller, UUID tenantId, String schema) {
        return work.read(caller, tenantId, connection -> {
            requireSchema(connection, schema);
            return Tables.functions(connection, schema);
        });
    }

    /** @throws VpnException {@code TABLE_NOT_FOUND} */
    public Structure structure(Caller caller, UUID tenantId, TableName name) {
        return work.read(caller, tenantId, connection -> {
            Relation relation = Tables.requireRelation(connection, name);
            return new Structure(
                    relation,
                    Tables.columns(connection, name),
                    Tables.keys(connection, name),
                    Tables.relationships(
                            connection,
                            "((sn.nspname = ? AND sc.relname = ?) OR (tn.nspname = ? AND tc.relname = ?))",
                            name.schema(),
                            name.table(),
                            name.schema(),
                            name.table()),
                    Tables.indexes(connection, name),
                    Tables.triggers(connection, name),
                    Tables.policies(connection, name));
        });
    }

    public List<Role> roles(Caller caller, UUID tenantId) {
        return work.read(
                caller,
                tenantId,
                connection -> TenantWork.list(
                        connection,
                        """
                        SELECT r.rolname, r.rolcanlogin, r.rolconnlimit,
                          ARRAY(SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
                                WHERE m.member = r.oid ORDER BY 1) AS groups
                        FROM pg_roles r
                        WHERE r.rolname = current_database() OR starts_with(r.rolname, current_database() || '_')
                        ORDER BY r.rolname""" + LIMIT,
                        row -> new Role(
                                row.getString("rolname"),
                                row.getBoolean("rolcanlogin"),
                                row.getInt("rolconnlimit"),
                                Tables.texts(row, "groups"))));
    }

    public List<Extension> extensions(Caller caller, UUID tenantId) {
        return work.read(
                caller,
                tenantId,
                connection -> TenantWork.list(
                        connection,
                        """
                        SELECT a.name, a.installed_version, a.default_version, coalesce(a.comment, '') AS comment,
                          EXISTS (SELECT 1 FROM pg_available_extension_versions v
                                  WHERE v.name = a.name AND v.version = a.default_version AND v.trusted) AS allowed
                        FROM pg_available_extensions a ORDER BY a.name""" + LIMIT,
                        row -> new Extension(
                                row.getString("name"),
                                Optional.ofNullable(row.getString("installed_version")),
                                row.getString("default_version"),
                                row.getBoolean("allowed"),
                                row.getString("comment"))));
    }

    /** With the twenty largest tables. Summed up, since the owners' role may not ask for the whole. */
    public Sizes sizes(Caller caller, UUID tenantId) {
        return work.read(caller, tenantId, connection -> {
            List<Relation> largest = Tables.largest(connection, 20);
            return TenantWork.list(
                            connection,
                            """
                            SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint AS database,
                              coalesce(sum(pg_table_size(c.oid)) FILTER (WHERE own), 0)::bigint AS tables,
                              coalesce(sum(pg_indexes_size(c.oid)) FILTER (WHERE own), 0)::bigint AS indexes,
                              count(*) FILTER (WHERE own) AS number
                            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
                              LATERAL (SELECT n.nspname !~ '^pg_' AND n.nspname <> 'information_schema') AS of_schema(own)
                            WHERE c.relkind IN ('r', 'm') AND n.nspname <> 'pg_toast'""",
                            row -> new Sizes(
                                    row.getLong("database"),
                                    row.getLong("tables"),
                                    row.getLong("indexes"),
                                    row.getLong("number"),
                                    largest))
                    .get(0);
        });
    }

    static void requireSchema(Connection connection, String schema) throws SQLException {
        if (schema.indexOf('\0') >= 0
                || TenantWork.list(
                                connection,
                                "SELECT 1 FROM pg_namespace WHERE nspname = ? AND nspname !~ '^pg_'"
                                        + " AND nspname <> 'information_schema'",
                                row -> true,
                                schema)
                        .isEmpty()) {
            throw new VpnException(CatalogueError.SCHEMA_NOT_FOUND, schema);
        }
    }
}
