package io.vpnenterprise.query.data;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.query.catalogue.CatalogueError;
import io.vpnenterprise.query.catalogue.Change;
import io.vpnenterprise.query.catalogue.DatabaseRefusal;
import io.vpnenterprise.query.catalogue.SqlText;
import io.vpnenterprise.query.catalogue.Table;
import io.vpnenterprise.query.catalogue.TableName;
import io.vpnenterprise.query.catalogue.Tables;
import io.vpnenterprise.query.catalogue.TenantWork;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.postgresql.PGConnection;

/** CSV into a table, as a stream: all of it or nothing. PostgreSQL reads it ({@code COPY}), as it writes exports. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class TableImports {

    private static final int BUFFER_BYTES = 1 << 16;

    private static final Set<CatalogueError> OF_A_LINE =
            Set.of(CatalogueError.INVALID_VALUE, CatalogueError.STATEMENT_REFUSED, CatalogueError.CONSTRAINT_VIOLATED);

    @Inject
    TenantWork work;

    /**
     * Imports rows whose columns the first line names.
     *
     * @return how many
     * @throws VpnException {@code IMPORT_REFUSED} with the line, {@code COLUMN_NOT_FOUND}, {@code CONSTRAINT_VIOLATED}
     */
    public long csv(Caller caller, UUID tenantId, TableName name, InputStream body) {
        return work.change(caller, tenantId, connection -> {
            Table table = Tables.require(connection, name);
            try {
                CsvHeader header = CsvHeader.read(body);
                header.columns().forEach(column -> table.require(column, column));
                long rows = copy(connection, table, header.columns(), header.inFrontOf(body));
                return new TenantWork.Done<>(rows, Change.imported(name, rows));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static long copy(Connection connection, Table table, List<String> columns, InputStream csv)
            throws SQLException, IOException {
        String statement = "COPY " + table.name().sql() + " (" + SqlText.names(columns)
                + ") FROM STDIN WITH (FORMAT csv, HEADER true)";
        try {
            return connection.unwrap(PGConnection.class).getCopyAPI().copyIn(statement, csv, BUFFER_BYTES);
        } catch (SQLException e) {
            throw refusal(e);
        }
    }

    private static VpnException refusal(SQLException e) {
        VpnException refusal = DatabaseRefusal.of(e);
        if (refusal.code() instanceof CatalogueError code && OF_A_LINE.contains(code)) {
            String where = DatabaseRefusal.where(e).map(place -> place + ": ").orElse("");
            return new VpnException(
                    code == CatalogueError.CONSTRAINT_VIOLATED ? code : DataError.IMPORT_REFUSED,
                    where + DatabaseRefusal.said(e),
                    e);
        }
        return refusal;
    }
}
