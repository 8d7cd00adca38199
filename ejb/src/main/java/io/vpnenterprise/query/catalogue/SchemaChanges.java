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
import java.util.UUID;

/** Changes of structure: the statements that are shown are those that run, all in one transaction. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class SchemaChanges {

    private static final int MOST_CHANGES = 200;

    @Inject
    TenantWork work;

    /** The statements of the changes, in their order; nothing runs. */
    public List<String> preview(Caller caller, UUID tenantId, List<StructureChange> changes) {
        return work.read(caller, tenantId, connection -> statements(connection, changes));
    }

    /**
     * Runs them.
     *
     * @param what they change, for the audit
     * @return the statements
     */
    public List<String> apply(Caller caller, UUID tenantId, String what, List<StructureChange> changes) {
        return work.change(caller, tenantId, connection -> {
            List<String> statements = statements(connection, changes);
            for (String statement : statements) {
                TenantWork.run(connection, statement);
            }
            return new TenantWork.Done<>(statements, Change.ofStructure(what, statements.size()));
        });
    }

    private static List<String> statements(Connection connection, List<StructureChange> changes) throws SQLException {
        if (changes.isEmpty() || changes.size() > MOST_CHANGES) {
            throw VpnException.ofField(CatalogueError.INVALID_SCHEMA_CHANGE, "changes", "1 to " + MOST_CHANGES);
        }
        String database = connection.getCatalog();
        return changes.stream()
                .flatMap(change -> change.statements(database).stream())
                .toList();
    }
}
