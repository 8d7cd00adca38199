package io.vpnenterprise.query.catalogue;

import io.vpnenterprise.platform.VpnException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A change of a database's structure: what shall be, and the statements that make it so. */
public sealed interface StructureChange {

    /** @param database by whose name its roles are called */
    List<String> statements(String database);

    /** A schema with its comment, which may be null. */
    record CreateSchema(String name, String comment) implements StructureChange {
        @Override
        public List<String> statements(String database) {
            return Stream.concat(
                            Stream.of("CREATE SCHEMA " + SqlText.name(name)),
                            said(" SCHEMA " + SqlText.name(name), comment))
                    .toList();
        }
    }

    /** A schema goes, and, with {@code cascade}, all that is in it. */
    record DropSchema(String name, boolean cascade) implements StructureChange {
        @Override
        public List<String> statements(String database) {
            return List.of("DROP SCHEMA " + SqlText.name(name) + cascaded(cascade));
        }
    }

    /** A foreign key of a table: its columns in pairs with those of another. */
    record ForeignKey(
            String name,
            List<String> columns,
            TableName referenced,
            List<String> referencedColumns,
            String onUpdate,
            String onDelete) {

        private static final Set<String> ACTIONS =
                Set.of("no action", "restrict", "cascade", "set null", "set default");

        String definition() {
            if (columns.isEmpty() || columns.size() != referencedColumns.size()) {
                throw VpnException.ofField(
                        CatalogueError.INVALID_SCHEMA_CHANGE, "columns", "a foreign key has pairs of columns");
            }
            return named(name) + "FOREIGN KEY (" + SqlText.names(columns) + ") REFERENCES " + referenced.sql() + " ("
                    + SqlText.names(referencedColumns) + ")" + action(" ON UPDATE ", onUpdate)
                    + action(" ON DELETE ", onDelete);
        }

        private static String action(String keyword, String wanted) {
            if (wanted == null) {
                return "";
            }
            String action = wanted.toLowerCase(Locale.ROOT);
            if (!ACTIONS.contains(action)) {
                throw VpnException.ofField(
                        CatalogueError.INVALID_SCHEMA_CHANGE, keyword.strip(), String.join(", ", ACTIONS));
            }
            return keyword + action.toUpperCase(Locale.ROOT);
        }
    }

    /**
     * A table.
     *
     * @param primaryKey names of columns; may be empty
     * @param uniques constraints of several columns
     * @param checks expressions
     */
    record CreateTable(
            TableName name,
            String comment,
            List<ColumnSpec> columns,
            List<String> primaryKey,
            List<List<String>> uniques,
            List<ForeignKey> foreignKeys,
            List<String> checks,
            boolean rowSecurity)
            implements StructureChange {

        /** PostgreSQL's own limit (appendix K). */
        private static final int MOST_COLUMNS = 1_600;

        @Override
        public List<String> statements(String database) {
            if (columns.size() > MOST_COLUMNS) {
                throw VpnException.ofField(CatalogueError.INVALID_SCHEMA_CHANGE, "columns", "at most " + MOST_COLUMNS);
            }
            List<String> parts = new ArrayList<>();
            columns.forEach(column -> parts.add(column.definition()));
            if (!primaryKey.isEmpty()) {
                parts.add("PRIMARY KEY (" + SqlText.names(primaryKey) + ")");
            }
            uniques.forEach(unique -> parts.add("UNIQUE (" + SqlText.names(unique) + ")"));
            foreignKeys.forEach(key -> parts.add(key.definition()));
            checks.forEach(check -> parts.add("CHECK " + SqlExpression.inBrackets(check, "checks")));
            List<String> statements = new ArrayList<>();
            statements.add("CREATE TABLE " + name.sql() + " (\n    " + String.join(",\n    ", parts) + "\n)");
            said(" TABLE " + name.sql(), comment).forEach(statements::add);
            columns.forEach(
                    column -> commentOn(name, column.name(), column.comment()).forEach(statements::add));
            if (rowSecurity) {
                statements.addAll(new RowSecurity(name, true, false).statements(database));
            }
            return statements;
        }
    }

    /** A table or view goes, with what depends on it when {@code cascade}. */
    record DropTable(TableName name, String kind, boolean cascade) implements StructureChange {
        private static final Map<String, String> KEYWORDS =
                Map.of("view", "VIEW", "materialized view", "MATERIALIZED VIEW", "foreign table", "FOREIGN TABLE");

        @Override
        public List<String> statements(String database) {
            return List.of("DROP " + KEYWORDS.getOrDefault(kind, "TABLE") + " " + name.sql() + cascaded(cascade));
        }
    }

    record RenameTable(TableName table, String newName) implements StructureChange {
        @Override
        public List<String> statements(String database) {
            return List.of("ALTER TABLE " + table.sql() + " RENAME TO " + SqlText.name(newName));
        }
    }

    /** What is said of a table; null removes it. */
    record CommentTable(TableName table, String comment) implements StructureChange {
        @Override
        public List<String> statements(String database) {
            return List.of(
                    "COMMENT ON TABLE " + table.sql() + " IS " + (comment == null ? "NULL" : SqlText.literal(comment)));
        }
    }

    record AddColumn(TableName table, ColumnSpec column) implements StructureChange {
        @Override
        public List<String> statements(String database) {
            return Stream.concat(
                            Stream.of("ALTER TABLE " + table.sql() + " ADD COLUMN " + column.definition()),
                            commentOn(table, column.name(), column.comment()))
                    .toList();
        }
    }

    /**
     * Changes what is said of a column, and nothing else.
     *
     * @param wanted its name is the column's as it is
     * @param using an expression that makes the new type's value; null: a cast
     * @param newName null when it keeps its name
     */
    record ModifyColumn(TableName table, ColumnSpec wanted, String using, boolean dropDefault, String newName)
            implements StructureChange {
        @Override
        public List<String> statements(String database) {
            String column = SqlText.name(wanted.name());
            List<String> parts = new ArrayList<>();
            Optional<String> byDefault = wanted.byDefault().sql(wanted.name());
            if (dropDefault) {
                parts.add("ALTER COLUMN " + column + " DROP DEFAULT");
            }
            if (wanted.type() != null) {
                String type = TypeName.require(wanted.type(), wanted.name());
                parts.add("ALTER COLUMN " + column + " TYPE " + type + " USING "
                        + (using == null ? column + "::" + type : SqlExpression.inBrackets(using, wanted.name())));
            }
            byDefault.ifPresent(value -> parts.add("ALTER COLUMN " + column + " SET DEFAULT " + value));
            if (wanted.nullable() != null) {
                parts.add("ALTER COLUMN " + column + (wanted.nullable() ? " DROP" : " SET") + " NOT NULL");
            }
            List<String> statements = new ArrayList<>();
            if (!parts.isEmpty()) {
                statements.add("ALTER TABLE " + table.sql() + "\n    " + String.join(",\n    ", parts));
            }
            commentOn(table, wanted.name(), wanted.comment()).forEach(statements::add);
            if (newName != null) {
                statements.add(
                        "ALTER TABLE " + table.sql() + " RENAME COLUMN " + column + " TO " + SqlText.name(newName));
            }
            if (statements.isEmpty()) {
                throw VpnException.ofField(CatalogueError.INVALID_SCHEMA_CHANGE, wanted.name(), "nothing is changed");
            }
            return statements;
        }
    }

    record DropColumn(TableName table, String column, boolean cascade) implements StructureChange {
        @Override
        public List<String> statements(String database) {
            return List.of("ALTER TABLE " + table.sql() + " DROP COLUMN " + SqlText.name(column) + cascaded(cascade));
        }
    }

    record AddForeignKey(TableName table, ForeignKey key) implements StructureChange {
        @Override
        public List<String> statements(String database) {
            return List.of("ALTER TABLE " + table.sql() + " ADD " + key.definition());
        }
    }

    record DropConstraint(TableName table, String name, boolean cascade) implements StructureChange {
        @Override
        public List<String> statements(String database) {
            return List.of("ALTER TABLE " + table.sql() + " DROP CONSTRAINT " + SqlText.name(name) + cascaded(cascade));
        }
    }

    /**
     * An index.
     *
     * @param name null: PostgreSQL's choice
     * @param method null: {@code btree}
     * @param columns by name
     * @param expressions behind the columns; the member's own SQL
     * @param predicate of the rows that it has; null: all
     */
    record CreateIndex(
            TableName table,
            String name,
            String method,
            List<String> columns,
            List<String> expressions,
            List<String> included,
            boolean unique,
            String predicate)
            implements StructureChange {

        private static final Set<String> METHODS = Set.of("btree", "hash", "gist", "spgist", "gin", "brin");

        @Override
        public List<String> statements(String database) {
            if (method != null && !METHODS.contains(method)) {
                throw VpnException.ofField(CatalogueError.INVALID_SCHEMA_CHANGE, "method", String.join(", ", METHODS));
            }
            String keys = Stream.concat(
                            columns.stream().map(SqlText::name),
                            expressions.stream().map(expression -> SqlExpression.inBrackets(expression, "expressions")))
                    .collect(Collectors.joining(", "));
            return List.of("CREATE " + (unique ? "UNIQUE " : "") + "INDEX "
                    + (name == null ? "" : SqlText.name(name) + " ") + "ON " + table.sql()
                    + (method == null ? "" : " USING " + method) + " (" + keys + ")"
                    + (included.isEmpty() ? "" : " INCLUDE (" + SqlText.names(included) + ")")
                    + (predicate == null ? "" : " WHERE " + SqlExpression.inBrackets(predicate, "predicate")));
        }
    }

    /** An index is in its table's schema. */
    record DropIndex(TableName table, String name) implements StructureChange {
        @Override
        public List<String> statements(String database) {
            return List.of("DROP INDEX " + new TableName(table.schema(), name).sql());
        }
    }

    /** @param forced also for the table's owner */
    record RowSecurity(TableName table, boolean enabled, boolean forced) implements StructureChange {
        @Override
        public List<String> statements(String database) {
            String alter = "ALTER TABLE " + table.sql();
            return List.of(
                    alter + (enabled ? " ENABLE" : " DISABLE") + " ROW LEVEL SECURITY",
                    alter + (forced ? " FORCE" : " NO FORCE") + " ROW LEVEL SECURITY");
        }
    }

    /**
     * A policy.
     *
     * @param command null: all
     * @param roles {@code public}, or {@code owner}, {@code writer}, {@code reader}, {@code anon}; empty: public
     * @param using of the rows that are there, {@code check} of those to be; each may be null
     */
    record CreatePolicy(
            TableName table,
            String name,
            boolean permissive,
            String command,
            List<String> roles,
            String using,
            String check)
            implements StructureChange {

        private static final Set<String> COMMANDS = Set.of("all", "select", "insert", "update", "delete");
        private static final Map<String, String> ROLES =
                Map.of("owner", "_objects", "writer", "_write", "reader", "_read", "anon", "_anon");

        @Override
        public List<String> statements(String database) {
            String of = command == null ? "all" : command.toLowerCase(Locale.ROOT);
            if (!COMMANDS.contains(of)) {
                throw VpnException.ofField(
                        CatalogueError.INVALID_SCHEMA_CHANGE, "command", String.join(", ", COMMANDS));
            }
            return List.of("CREATE POLICY " + SqlText.name(name) + " ON " + table.sql()
                    + (permissive ? "" : " AS RESTRICTIVE") + " FOR " + of.toUpperCase(Locale.ROOT) + " TO "
                    + (roles.isEmpty()
                            ? "PUBLIC"
                            : roles.stream().map(role -> role(database, role)).collect(Collectors.joining(", ")))
                    + (using == null ? "" : " USING " + SqlExpression.inBrackets(using, "using"))
                    + (check == null ? "" : " WITH CHECK " + SqlExpression.inBrackets(check, "check")));
        }

        private static String role(String database, String role) {
            if (role.equalsIgnoreCase("public")) {
                return "PUBLIC";
            }
            if (!ROLES.containsKey(role)) {
                throw VpnException.ofField(
                        CatalogueError.INVALID_SCHEMA_CHANGE, "roles", "public, owner, writer, reader or anon");
            }
            return SqlText.name(database + ROLES.get(role));
        }
    }

    record DropPolicy(TableName table, String name) implements StructureChange {
        @Override
        public List<String> statements(String database) {
            return List.of("DROP POLICY " + SqlText.name(name) + " ON " + table.sql());
        }
    }

    private static Stream<String> commentOn(TableName table, String column, String comment) {
        return said(" COLUMN " + table.sql() + "." + SqlText.name(column), comment);
    }

    private static Stream<String> said(String on, String comment) {
        return comment == null ? Stream.of() : Stream.of("COMMENT ON" + on + " IS " + SqlText.literal(comment));
    }

    private static String cascaded(boolean cascade) {
        return cascade ? " CASCADE" : "";
    }

    private static String named(String constraint) {
        return constraint == null ? "" : "CONSTRAINT " + SqlText.name(constraint) + " ";
    }
}
