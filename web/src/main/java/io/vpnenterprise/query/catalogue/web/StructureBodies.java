package io.vpnenterprise.query.catalogue.web;

import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.query.catalogue.CatalogueError;
import io.vpnenterprise.query.catalogue.ColumnSpec;
import io.vpnenterprise.query.catalogue.StructureChange;
import io.vpnenterprise.query.catalogue.TableName;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Changes of structure as requests write them. */
public final class StructureBodies {

    private StructureBodies() {}

    /**
     * What was done, or would be.
     *
     * @param sql the statements, in their order
     * @param applied false when they were only shown
     */
    public record SqlView(List<String> sql, boolean applied) {}

    /** A schema to create. */
    public record NewSchema(String name, String comment) {}

    /**
     * A column to add, or what to change of one.
     *
     * @param type as PostgreSQL writes it
     * @param nullable absent: yes
     * @param defaultValue a constant
     * @param defaultFunction {@code now()}, {@code gen_random_uuid()}, {@code current_date}, … out of a short list
     * @param defaultExpression SQL of the member's own, run as his own role, as in the SQL editor
     * @param identity {@code always} or {@code by default}
     * @param references a column of another table
     */
    public record ColumnBody(
            String name,
            String type,
            Boolean nullable,
            JsonValue defaultValue,
            String defaultFunction,
            String defaultExpression,
            String identity,
            Boolean primaryKey,
            Boolean unique,
            String comment,
            ReferenceBody references) {
        ColumnSpec spec() {
            return new ColumnSpec(
                    name,
                    type,
                    nullable,
                    new ColumnSpec.Default(
                            defaultValue == JsonValue.NULL ? null : defaultValue, defaultFunction, defaultExpression),
                    identity,
                    Boolean.TRUE.equals(unique),
                    comment);
        }
    }

    /** The other end of a foreign key of one column. */
    public record ReferenceBody(String schema, String table, String column, String onUpdate, String onDelete) {
        StructureChange.ForeignKey of(String itsColumn) {
            return new StructureChange.ForeignKey(
                    null,
                    List.of(itsColumn),
                    nameOf(schema, table),
                    Stream.of(column).filter(Objects::nonNull).toList(),
                    onUpdate,
                    onDelete);
        }
    }

    /** A foreign key: columns and referenced columns in pairs. */
    public record ForeignKeyBody(
            String name,
            List<String> columns,
            String referencedSchema,
            String referencedTable,
            List<String> referencedColumns,
            String onUpdate,
            String onDelete) {
        StructureChange.ForeignKey key() {
            return new StructureChange.ForeignKey(
                    name,
                    or(columns),
                    nameOf(referencedSchema, referencedTable),
                    or(referencedColumns),
                    onUpdate,
                    onDelete);
        }
    }

    /**
     * A table to create.
     *
     * @param primaryKey beside the columns that say so themselves
     * @param unique lists of columns
     * @param checks expressions, SQL of the member's own
     * @param rowLevelSecurity absent: off
     */
    public record NewTable(
            String name,
            String comment,
            List<ColumnBody> columns,
            List<String> primaryKey,
            List<UniqueBody> unique,
            List<ForeignKeyBody> foreignKeys,
            List<String> checks,
            Boolean rowLevelSecurity) {
        StructureChange.CreateTable change(String schema) {
            List<ColumnBody> all = or(columns);
            List<StructureChange.ForeignKey> keys = new ArrayList<>(
                    or(foreignKeys).stream().map(ForeignKeyBody::key).toList());
            all.stream()
                    .filter(column -> column.references() != null)
                    .forEach(column -> keys.add(column.references().of(column.name())));
            return new StructureChange.CreateTable(
                    new TableName(schema, name),
                    comment,
                    all.stream().map(ColumnBody::spec).toList(),
                    Stream.concat(
                                    or(primaryKey).stream(),
                                    all.stream()
                                            .filter(column -> Boolean.TRUE.equals(column.primaryKey()))
                                            .map(ColumnBody::name))
                            .distinct()
                            .toList(),
                    or(unique).stream().map(one -> or(one.columns())).toList(),
                    keys,
                    or(checks),
                    Boolean.TRUE.equals(rowLevelSecurity));
        }
    }

    /** Columns that are unique together. */
    public record UniqueBody(List<String> columns) {}

    /**
     * An index.
     *
     * @param method {@code btree} when absent
     * @param expressions and {@code predicate}: SQL of the member's own
     */
    public record IndexBody(
            String name,
            String method,
            List<String> columns,
            List<String> expressions,
            List<String> include,
            Boolean unique,
            String predicate) {
        StructureChange of(TableName table) {
            return new StructureChange.CreateIndex(
                    table,
                    name,
                    method,
                    or(columns),
                    or(expressions),
                    or(include),
                    Boolean.TRUE.equals(unique),
                    predicate);
        }
    }

    /**
     * A policy.
     *
     * @param permissive absent: yes
     * @param roles {@code public}, {@code owner}, {@code writer}, {@code reader}, {@code anon}
     * @param using and {@code check}: SQL of the member's own
     */
    public record PolicyBody(
            String name, Boolean permissive, String command, List<String> roles, String using, String check) {
        StructureChange of(TableName table) {
            return new StructureChange.CreatePolicy(
                    table, name, !Boolean.FALSE.equals(permissive), command, or(roles), using, check);
        }
    }

    /**
     * One change of a table.
     *
     * @param action {@code add_column}, {@code modify_column}, {@code drop_column}, {@code rename_table}, {@code
     *     set_comment}, {@code add_foreign_key}, {@code drop_constraint}, {@code add_index}, {@code drop_index}, {@code
     *     enable_row_level_security}, {@code force_row_level_security}, {@code disable_row_level_security}, {@code
     *     add_policy} or {@code drop_policy}
     * @param name of what is dropped
     * @param newName of a column that is modified, or of the table
     * @param using makes the value of a new type; SQL of the member's own
     */
    public record ChangeBody(
            String action,
            String name,
            String newName,
            String comment,
            Boolean cascade,
            Boolean dropDefault,
            String using,
            ColumnBody column,
            IndexBody index,
            PolicyBody policy,
            ForeignKeyBody foreignKey) {

        Stream<StructureChange> changes(TableName table) {
            boolean withAll = Boolean.TRUE.equals(cascade);
            return switch (action == null ? "" : action) {
                case "add_column" -> added(table, given(column, "column"));
                case "modify_column" ->
                    Stream.of(new StructureChange.ModifyColumn(
                            table, given(column, "column").spec(), using, Boolean.TRUE.equals(dropDefault), newName));
                case "drop_column" -> Stream.of(new StructureChange.DropColumn(table, dropped(), withAll));
                case "rename_table" -> Stream.of(new StructureChange.RenameTable(table, newName));
                case "set_comment" -> Stream.of(new StructureChange.CommentTable(table, comment));
                case "add_foreign_key" ->
                    Stream.of(new StructureChange.AddForeignKey(
                            table, given(foreignKey, "foreignKey").key()));
                case "drop_constraint" -> Stream.of(new StructureChange.DropConstraint(table, name, withAll));
                case "add_index" -> Stream.of(given(index, "index").of(table));
                case "drop_index" -> Stream.of(new StructureChange.DropIndex(table, name));
                case "enable_row_level_security" -> Stream.of(new StructureChange.RowSecurity(table, true, false));
                case "force_row_level_security" -> Stream.of(new StructureChange.RowSecurity(table, true, true));
                case "disable_row_level_security" -> Stream.of(new StructureChange.RowSecurity(table, false, false));
                case "add_policy" -> Stream.of(given(policy, "policy").of(table));
                case "drop_policy" -> Stream.of(new StructureChange.DropPolicy(table, name));
                default ->
                    throw VpnException.ofField(CatalogueError.INVALID_SCHEMA_CHANGE, "action", "there is none such");
            };
        }

        private static Stream<StructureChange> added(TableName table, ColumnBody column) {
            Stream<StructureChange> added = Stream.of(new StructureChange.AddColumn(table, column.spec()));
            return column.references() == null
                    ? added
                    : Stream.concat(
                            added,
                            Stream.of(new StructureChange.AddForeignKey(
                                    table, column.references().of(column.name()))));
        }

        /** As the original's clients have it, in the column. */
        private String dropped() {
            return name == null && column != null ? column.name() : name;
        }

        private static <T> T given(T part, String name) {
            if (part == null) {
                throw VpnException.ofField(CatalogueError.INVALID_SCHEMA_CHANGE, name, "it is missing");
            }
            return part;
        }
    }

    /** Changes of a table, in their order. */
    public record TableChange(List<ChangeBody> changes) {
        List<StructureChange> of(TableName table) {
            return or(changes).stream().flatMap(change -> change.changes(table)).toList();
        }
    }

    private static TableName nameOf(String schema, String table) {
        return new TableName(schema == null ? "public" : schema, table);
    }

    private static <T> List<T> or(List<T> list) {
        if (list != null && list.stream().anyMatch(Objects::isNull)) {
            throw VpnException.ofField(CatalogueError.INVALID_SCHEMA_CHANGE, null, "a list has a null");
        }
        return list == null ? List.of() : list;
    }
}
