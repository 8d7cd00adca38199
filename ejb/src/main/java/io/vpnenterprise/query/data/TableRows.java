package io.vpnenterprise.query.data;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.query.catalogue.CatalogueError;
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
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Pages of a table's or view's rows. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class TableRows {

    /** Up to here rows are counted: counting reads them all. */
    static final int COUNTED = 100_000;

    private static final Pattern PLANNED_ROWS = Pattern.compile("\"Plan Rows\": (\\d+)");

    @Inject
    TenantWork work;

    /**
     * A page.
     *
     * @param rows each as JSON, with the columns that the caller may read
     * @param total beyond 100,000 PostgreSQL's estimate
     */
    public record Rows(Table table, List<String> rows, long total, boolean totalIsExact) {}

    /** @throws VpnException {@code TABLE_NOT_FOUND}, {@code COLUMN_NOT_FOUND}, {@code INVALID_VALUE} with the column */
    public Rows page(Caller caller, UUID tenantId, TableName name, PageRequest wanted) {
        return work.read(caller, tenantId, connection -> page(connection, Tables.require(connection, name), wanted));
    }

    private static Rows page(Connection connection, Table table, PageRequest wanted) throws SQLException {
        if (table.readable().isEmpty()) {
            throw new VpnException(
                    CatalogueError.DATABASE_PERMISSION_DENIED, table.name().toString());
        }
        Selection selection = Selection.of(table, wanted);
        Savepoint before = connection.setSavepoint();
        try {
            List<String> rows = TenantWork.list(
                    connection,
                    selection.page(wanted.limit(), wanted.offset()),
                    row -> row.getString(1),
                    selection.arguments().toArray());
            long counted = TenantWork.list(
                            connection,
                            "SELECT pg_catalog.count(*) FROM (SELECT 1 " + selection.from() + " LIMIT " + (COUNTED + 1)
                                    + ") AS counted",
                            row -> row.getLong(1),
                            selection.arguments().toArray())
                    .get(0);
            boolean exact = counted <= COUNTED;
            return new Rows(table, rows, exact ? counted : Math.max(counted, estimate(connection, selection)), exact);
        } catch (SQLException e) {
            connection.rollback(before);
            throw blamed(connection, table, wanted, e);
        }
    }

    private static long estimate(Connection connection, Selection selection) throws SQLException {
        String plan = TenantWork.list(
                        connection,
                        "EXPLAIN (FORMAT JSON) SELECT 1 " + selection.from(),
                        row -> row.getString(1),
                        selection.arguments().toArray())
                .stream()
                .collect(Collectors.joining("\n"));
        Matcher rows = PLANNED_ROWS.matcher(plan);
        return rows.find() ? Long.parseLong(rows.group(1)) : 0;
    }

    /** PostgreSQL does not say which value it could not read: each is tried by itself. */
    private static VpnException blamed(Connection connection, Table table, PageRequest wanted, SQLException e) {
        VpnException refusal = DatabaseRefusal.of(e);
        if (refusal.code() == CatalogueError.INVALID_VALUE || refusal.code() == CatalogueError.CONSTRAINT_VIOLATED) {
            for (Filter filter : wanted.filters()) {
                Column column = table.require(filter.column(), "filter");
                if (filter.isTyped() && !filter.values().stream().allMatch(value -> fits(connection, column, value))) {
                    return VpnException.ofField(CatalogueError.INVALID_VALUE, filter.column(), DatabaseRefusal.said(e));
                }
            }
        }
        return refusal;
    }

    private static boolean fits(Connection connection, Column column, String value) {
        try {
            Savepoint before = connection.setSavepoint();
            try {
                TenantWork.list(connection, "SELECT " + Filter.cast(column), row -> true, value);
                return true;
            } catch (SQLException e) {
                connection.rollback(before);
                return false;
            }
        } catch (SQLException e) {
            return true;
        }
    }

    /**
     * A statement's part from FROM on, and what its question marks stand for.
     *
     * @param order with its keyword, or empty
     */
    private record Selection(Table table, String row, String from, String order, List<Object> arguments) {

        static Selection of(Table table, PageRequest wanted) {
            String row = table.alias("r");
            List<String> conditions = new ArrayList<>();
            List<Object> arguments = new ArrayList<>();
            for (Filter filter : wanted.filters()) {
                conditions.add(filter.condition(table.require(filter.column(), "filter"), row));
                filter.values().forEach(value -> arguments.add(text(value, filter.column())));
            }
            wanted.search().ifPresent(searched -> {
                List<String> texts = table.readable().stream()
                        .filter(Column::isText)
                        .map(column -> row + "." + column.sql() + "::text ILIKE ?")
                        .toList();
                conditions.add(texts.isEmpty() ? "false" : "(" + String.join(" OR ", texts) + ")");
                texts.forEach(each -> arguments.add("%" + escaped(text(searched, "search")) + "%"));
            });
            return new Selection(
                    table,
                    row,
                    "FROM " + table.name().sql() + " AS " + row
                            + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions)),
                    order(table, row, wanted),
                    arguments);
        }

        private static String order(Table table, String row, PageRequest wanted) {
            List<String> keys = new ArrayList<>();
            String direction = wanted.descending() ? " DESC" : "";
            wanted.sort()
                    .map(sort -> table.require(sort, "sort"))
                    .ifPresent(column -> keys.add(row + "." + column.sql() + direction));
            // Behind it, so that equal ones do not change places between pages.
            table.primaryKey().stream()
                    .filter(Column::readable)
                    .filter(column ->
                            wanted.sort().filter(column.name()::equals).isEmpty())
                    .forEach(column ->
                            keys.add(row + "." + column.sql() + (wanted.sort().isEmpty() ? direction : "")));
            return keys.isEmpty() ? "" : " ORDER BY " + String.join(", ", keys);
        }

        private static String text(String value, String field) {
            if (value.indexOf('\0') >= 0) {
                throw VpnException.ofField(CatalogueError.INVALID_VALUE, field, "a zero byte");
            }
            return value;
        }

        private static String escaped(String search) {
            return search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
        }

        String page(int limit, long offset) {
            String columns = table.readable().stream()
                    .map(column -> row + "." + column.sql())
                    .collect(Collectors.joining(", "));
            return "SELECT pg_catalog.row_to_json(" + row + ") FROM (SELECT " + columns + " " + from + order + " LIMIT "
                    + limit + " OFFSET " + offset + ") AS " + row;
        }
    }
}
