package io.vpnenterprise.query.data;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.query.catalogue.CatalogueError;
import io.vpnenterprise.query.catalogue.Change;
import io.vpnenterprise.query.catalogue.Table;
import io.vpnenterprise.query.catalogue.TableName;
import io.vpnenterprise.query.catalogue.Tables;
import io.vpnenterprise.query.catalogue.TenantChanges;
import io.vpnenterprise.query.catalogue.TenantWork;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Whole tables as streams. PostgreSQL writes the text ({@code COPY}); of it one row at a time is here, however many there
 * are. In no order but the table's own: sorting would need room for all of it.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class TableExports {

    private static final int BUFFER_BYTES = 1 << 16;

    @Inject
    TenantWork work;

    @Inject
    TenantChanges changes;

    /** Before the first byte: what can be refused is refused here. */
    public Export begin(Caller caller, UUID tenantId, TableName name, Export.Format format, boolean guarded) {
        Table table = work.read(caller, tenantId, connection -> Tables.require(connection, name));
        if (table.readable().isEmpty()) {
            throw new VpnException(CatalogueError.DATABASE_PERMISSION_DENIED, name.toString());
        }
        changes.note(caller, tenantId, Change.exported(name, format.name().toLowerCase(Locale.ROOT)));
        return new Export(table, format, guarded);
    }

    /** Writes it; a failure leaves the stream as it is then, cut off. */
    public void write(Caller caller, UUID tenantId, Export export, OutputStream out) {
        work.read(caller, tenantId, connection -> {
            try {
                write(connection, export, out);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return null;
        });
    }

    private static void write(Connection connection, Export export, OutputStream out) throws SQLException, IOException {
        OutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
        switch (export.format()) {
            case CSV -> buffered.write(export.header().getBytes(StandardCharsets.UTF_8));
            case JSON -> buffered.write('[');
            case JSONL -> {}
        }
        CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(export.statement());
        try {
            boolean first = true;
            for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
                write(export.format(), row, first, buffered);
                first = false;
            }
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
        if (export.format() == Export.Format.JSON) {
            buffered.write("\n]\n".getBytes(StandardCharsets.UTF_8));
        }
        buffered.flush();
    }

    /** @param row ends with a line feed, whatever the format */
    private static void write(Export.Format format, byte[] row, boolean first, OutputStream out) throws IOException {
        int length = row.length - 1;
        switch (format) {
            case CSV -> {
                out.write(row, 0, length);
                out.write('\r');
                out.write('\n');
            }
            case JSON -> {
                out.write(first ? '\n' : ',');
                if (!first) {
                    out.write('\n');
                }
                writeJson(row, length, out);
            }
            case JSONL -> {
                writeJson(row, length, out);
                out.write('\n');
            }
        }
    }

    /** A line break in it stands between two parts of a value of type json, where a space does as well. */
    private static void writeJson(byte[] row, int length, OutputStream out) throws IOException {
        if (row[0] != Export.JSON_QUOTE) {
            out.write(row, 0, length);
            return;
        }
        for (int i = 1; i < length - 1; i++) {
            out.write(row[i] == '\n' || row[i] == '\r' ? ' ' : row[i]);
        }
    }
}
