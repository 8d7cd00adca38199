package io.vpnenterprise.query.data;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.query.catalogue.CatalogueError;
import io.vpnenterprise.query.catalogue.Change;
import io.vpnenterprise.query.catalogue.Column;
import io.vpnenterprise.query.catalogue.DatabaseRefusal;
import io.vpnenterprise.query.catalogue.Table;
import io.vpnenterprise.query.catalogue.TableName;
import io.vpnenterprise.query.catalogue.Tables;
import io.vpnenterprise.query.catalogue.TenantWork;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Inserts, updates and deletes rows, each named by its primary key; all rows of a call or none. Rows are JSON objects that
 * PostgreSQL itself reads as the table's row type ({@code json_populate_record}), so that every type it has works.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class RowChanges {

    /** Of one call. */
    public static final int MOST_ROWS = 1_000;

    @Inject
    TenantWork work;

    /**
     * A row to update.
     *
     * @param key values of the primary key's columns
     * @param values of the columns to set
     */
    public record Update(JsonObject key, JsonObject values) {}

    /** @return the rows as they are then, with the columns that the caller may read; JSON */
    public List<String> insert(Caller caller, UUID tenantId, TableName name, List<JsonObject> rows) {
        requireNumber(rows.size());
        return work.change(caller, tenantId, connection -> {
            Table table = Tables.require(connection, name);
            List<String> inserted = new ArrayList<>();
            for (int i = 0; i < rows.size(); i++) {
                JsonObject row = rows.get(i);
                JsonObject[] arguments = row.isEmpty() ? new JsonObject[0] : new JsonObject[] {row};
                inserted.addAll(run(connection, table, insertion(table, row), i, rows.size(), arguments));
            }
            return new TenantWork.Done<>(inserted, Change.inserted(name, inserted.size()));
        });
    }

    private static String insertion(Table table, JsonObject row) {
        if (row.isEmpty()) {
            return "INSERT INTO " + table.name().sql() + " AS r DEFAULT VALUES" + returning(table);
        }
        List<String> columns = columns(table, row);
        return "INSERT INTO " + table.name().sql() + " AS r (" + String.join(", ", columns) + ") SELECT "
                + columns.stream().map(column -> "v." + column).collect(Collectors.joining(", ")) + " FROM "
                + populated(table, "v") + returning(table);
    }

    /** @throws VpnException {@code ROW_NOT_FOUND} */
    public List<String> update(Caller caller, UUID tenantId, TableName name, List<Update> updates) {
        requireNumber(updates.size());
        return work.change(caller, tenantId, connection -> {
            Table table = requireKeyed(connection, name);
            List<String> updated = new ArrayList<>();
            for (int i = 0; i < updates.size(); i++) {
                Update update = updates.get(i);
                String assignments = columns(table, requireValues(update.values())).stream()
                        .map(column -> column + " = v." + column)
                        .collect(Collectors.joining(", "));
                String statement = "UPDATE " + table.name().sql() + " AS r SET " + assignments + " FROM "
                        + populated(table, "v") + ", " + populated(table, "k") + isNamed(table, update.key())
                        + returning(table);
                updated.add(one(
                        run(connection, table, statement, i, updates.size(), update.values(), update.key()),
                        i,
                        updates.size()));
            }
            return new TenantWork.Done<>(updated, Change.updated(name, updated.size()));
        });
    }

    /** @throws VpnException {@code ROW_NOT_FOUND} */
    public List<String> delete(Caller caller, UUID tenantId, TableName name, List<JsonObject> keys) {
        requireNumber(keys.size());
        return work.change(caller, tenantId, connection -> {
            Table table = requireKeyed(connection, name);
            List<String> deleted = new ArrayList<>();
            for (int i = 0; i < keys.size(); i++) {
                String statement = "DELETE FROM " + table.name().sql() + " AS r USING " + populated(table, "k")
                        + isNamed(table, keys.get(i)) + returning(table);
                deleted.add(one(run(connection, table, statement, i, keys.size(), keys.get(i)), i, keys.size()));
            }
            return new TenantWork.Done<>(deleted, Change.deleted(name, deleted.size()));
        });
    }

    private static void requireNumber(int rows) {
        if (rows == 0) {
            throw new VpnException(DataError.INVALID_ROWS);
        }
        if (rows > MOST_ROWS) {
            throw new VpnException(DataError.TOO_MANY_ROWS);
        }
    }

    private static JsonObject requireValues(JsonObject values) {
        if (values.isEmpty()) {
            throw new VpnException(DataError.INVALID_ROWS);
        }
        return values;
    }

    private static Table requireKeyed(Connection connection, TableName name) throws SQLException {
        Table table = Tables.require(connection, name);
        if (table.primaryKey().isEmpty()) {
            throw new VpnException(DataError.NO_PRIMARY_KEY, name.toString());
        }
        return table;
    }

    private static String one(List<String> rows, int index, int of) {
        return rows.stream()
                .findFirst()
                .orElseThrow(() -> new VpnException(DataError.ROW_NOT_FOUND, of == 1 ? null : "row " + (index + 1)));
    }

    /** Quoted; each must be the table's. */
    private static List<String> columns(Table table, JsonObject row) {
        return row.keySet().stream()
                .map(name -> table.require(name, name).sql())
                .toList();
    }

    private static String typeOf(Table table) {
        return "NULL::" + table.name().sql();
    }

    private static String populated(Table table, String alias) {
        return "pg_catalog.json_populate_record(" + typeOf(table) + ", CAST(? AS json)) AS " + alias;
    }

    /** By all columns of the primary key, and by nothing else. */
    private static String isNamed(Table table, JsonObject key) {
        List<Column> columns = table.primaryKey();
        if (key.size() != columns.size() || !columns.stream().allMatch(column -> key.containsKey(column.name()))) {
            throw new VpnException(
                    DataError.KEY_NEEDED, columns.stream().map(Column::name).collect(Collectors.joining(", ")));
        }
        return " WHERE "
                + columns.stream()
                        .map(column -> "r." + column.sql() + " = k." + column.sql())
                        .collect(Collectors.joining(" AND "));
    }

    private static String returning(Table table) {
        String row = table.alias("x");
        List<Column> readable = table.readable();
        return readable.isEmpty()
                ? " RETURNING '{}'"
                : " RETURNING (SELECT pg_catalog.row_to_json(" + row + ") FROM (SELECT "
                        + readable.stream().map(column -> "r." + column.sql()).collect(Collectors.joining(", "))
                        + ") AS " + row + ")";
    }

    private static List<String> run(
            Connection connection, Table table, String statement, int index, int of, JsonObject... arguments)
            throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            Object[] texts = new Object[arguments.length];
            for (int i = 0; i < texts.length; i++) {
                texts[i] = arguments[i].toString();
            }
            List<String> rows = TenantWork.list(connection, statement, row -> row.getString(1), texts);
            connection.releaseSavepoint(before);
            return rows;
        } catch (SQLException e) {
            connection.rollback(before);
            throw blamed(connection, table, e, index, of, arguments);
        }
    }

    /** PostgreSQL does not say which value it could not read: each is tried by itself. */
    private static VpnException blamed(
            Connection connection, Table table, SQLException e, int index, int of, JsonObject... rows) {
        VpnException refusal = DatabaseRefusal.of(e);
        if (refusal.code() == CatalogueError.INVALID_VALUE) {
            for (JsonObject row : rows) {
                Optional<String> column = row.keySet().stream()
                        .filter(name -> !fits(connection, table, name, row))
                        .findFirst();
                if (column.isPresent()) {
                    return VpnException.ofField(
                            CatalogueError.INVALID_VALUE, column.get(), place(index, of) + DatabaseRefusal.said(e));
                }
            }
        }
        return refusal;
    }

    private static String place(int index, int of) {
        return of == 1 ? "" : "row " + (index + 1) + ": ";
    }

    private static boolean fits(Connection connection, Table table, String column, JsonObject row) {
        try {
            Savepoint before = connection.setSavepoint();
            try {
                TenantWork.list(
                        connection,
                        "SELECT v." + table.require(column, column).sql() + " FROM " + populated(table, "v"),
                        found -> true,
                        Json.createObjectBuilder()
                                .add(column, row.get(column))
                                .build()
                                .toString());
                return true;
            } catch (SQLException e) {
                connection.rollback(before);
                return false;
            }
        } catch (SQLException e) {
            return true;
        }
    }
}
