package io.vpnenterprise.query.catalogue.web;

import io.vpnenterprise.query.catalogue.Relationship;
import io.vpnenterprise.query.catalogue.TableName;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A foreign key.
 *
 * @param type {@code one-to-one} or {@code one-to-many}, seen from the referenced table
 */
public record RelationshipView(
        String name,
        EndView from,
        EndView to,
        List<PairView> columns,
        String type,
        String onUpdate,
        String onDelete,
        boolean deferrable,
        boolean validated) {

    /** A table with its columns in the key, in the key's order. */
    public record EndView(String schema, String table, List<String> columns) {
        static EndView from(TableName name, List<String> columns) {
            return new EndView(name.schema(), name.table(), columns);
        }
    }

    /** Two columns that are equal. */
    public record PairView(String from, String to) {}

    static RelationshipView from(Relationship key) {
        return new RelationshipView(
                key.name(),
                EndView.from(key.table(), key.columns()),
                EndView.from(key.referenced(), key.referencedColumns()),
                IntStream.range(0, key.columns().size())
                        .mapToObj(i -> new PairView(
                                key.columns().get(i), key.referencedColumns().get(i)))
                        .toList(),
                key.unique() ? "one-to-one" : "one-to-many",
                key.onUpdate(),
                key.onDelete(),
                key.deferrable(),
                key.validated());
    }
}
