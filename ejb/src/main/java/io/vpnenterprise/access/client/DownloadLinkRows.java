package io.vpnenterprise.access.client;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** The short transactions of {@link DownloadLinks}. */
@Stateless
public class DownloadLinkRows {

    /** Shown of one connection; those that are over go after a week. */
    private static final int MOST_SHOWN = 100;

    /** Whether somebody can still fetch the file; of a connection that has ended nobody needs it. */
    private static final String IS_OPEN = """
            (l.used_at IS NULL AND l.revoked_at IS NULL AND l.expires_at > now()
             AND EXISTS (SELECT 1 FROM peers p WHERE p.id = l.connection_id AND p.state <> 'REMOVING'))""";

    private static final String SELECT = "SELECT l.*, " + IS_OPEN + " AS is_open FROM client_links l ";

    @Inject
    Sql sql;

    @Inject
    Outbox outbox;

    @Inject
    ClientsConfig config;

    /** One to add. */
    public record NewLink(
            UUID id,
            UUID connectionId,
            ClientFormat format,
            String fileName,
            String mediaType,
            boolean withKey,
            Duration life) {}

    /** A file that was fetched, still sealed. */
    public record Taken(UUID id, String fileName, String mediaType, byte[] sealed) {}

    public DownloadLink add(Caller caller, NewLink link, byte[] tokenHash, byte[] sealed) {
        // Two requests of one member must not both see the last free place.
        sql.lock("client-links/" + link.connectionId());
        long open = sql.first(
                        "SELECT count(*) FROM client_links l WHERE l.user_id = ? AND l.connection_id = ? AND "
                                + IS_OPEN,
                        row -> row.getLong(1),
                        caller.userId(),
                        link.connectionId())
                .orElseThrow();
        if (open >= config.linksPerConnection()) {
            throw new VpnException(ClientError.LINK_LIMIT_REACHED, "at most " + config.linksPerConnection());
        }
        sql.update(
                """
                INSERT INTO client_links (id, user_id, connection_id, format, file_name, media_type, with_key, token_hash,
                                          sealed, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, now(), now() + make_interval(secs => ?))""",
                link.id(),
                caller.userId(),
                link.connectionId(),
                link.format(),
                link.fileName(),
                link.mediaType(),
                link.withKey(),
                tokenHash,
                sealed,
                link.life().toSeconds());
        outbox.add(AuditEvent.by(caller, "client-link.made")
                .on("connection", link.connectionId(), link.format().label())
                .with("link", link.id())
                .with("privateKey", link.withKey()));
        return sql.first(SELECT + "WHERE l.id = ?", DownloadLinkRows::link, link.id())
                .orElseThrow();
    }

    public List<DownloadLink> list(Caller caller, UUID connectionId) {
        return sql.list(
                SELECT + "WHERE l.user_id = ? AND l.connection_id = ? ORDER BY l.created_at DESC LIMIT ?",
                DownloadLinkRows::link,
                caller.userId(),
                connectionId,
                MOST_SHOWN);
    }

    public void revoke(Caller caller, UUID connectionId, UUID linkId) {
        int revoked = sql.update("""
                UPDATE client_links SET revoked_at = now(), sealed = NULL
                WHERE user_id = ? AND connection_id = ? AND id = ? AND used_at IS NULL AND revoked_at IS NULL""", caller.userId(), connectionId, linkId);
        if (revoked == 0) {
            throw new VpnException(ClientError.LINK_NOT_FOUND, String.valueOf(linkId));
        }
        outbox.add(AuditEvent.by(caller, "client-link.revoked")
                .on("connection", connectionId, "")
                .with("link", linkId));
    }

    public DownloadLink look(byte[] tokenHash) {
        record Seen(DownloadLink link, boolean open) {}
        Seen seen = sql.first(
                        SELECT + "WHERE l.token_hash = ?",
                        row -> new Seen(link(row), row.getBoolean("is_open")),
                        (Object) tokenHash)
                .orElseThrow(() -> new VpnException(ClientError.LINK_NOT_FOUND));
        requireOpen(seen.open());
        return seen.link();
    }

    /** Others who want the same wait for this transaction, and then see that it was used. */
    public Taken use(byte[] tokenHash, Origin origin) {
        record Found(Taken taken, boolean open, DownloadLink link, UUID userId) {}
        Found found = sql.first(
                        SELECT + "WHERE l.token_hash = ? FOR UPDATE OF l",
                        row -> new Found(
                                new Taken(
                                        Sql.uuid(row, "id"),
                                        row.getString("file_name"),
                                        row.getString("media_type"),
                                        row.getBytes("sealed")),
                                row.getBoolean("is_open"),
                                link(row),
                                Sql.uuid(row, "user_id")),
                        (Object) tokenHash)
                .orElseThrow(() -> new VpnException(ClientError.LINK_NOT_FOUND));
        requireOpen(found.open());
        sql.update(
                "UPDATE client_links SET used_at = now(), sealed = NULL WHERE id = ?",
                found.taken().id());
        outbox.add(AuditEvent.byUnknown("client-link.used", origin)
                .concerning(found.userId())
                .on(
                        "connection",
                        found.link().connectionId(),
                        found.link().format().label())
                .with("link", found.taken().id())
                .with("privateKey", found.link().withKey()));
        return found.taken();
    }

    private static void requireOpen(boolean open) {
        if (!open) {
            throw new VpnException(ClientError.LINK_GONE);
        }
    }

    private static DownloadLink link(ResultSet row) throws SQLException {
        return new DownloadLink(
                Sql.uuid(row, "id"),
                Sql.uuid(row, "connection_id"),
                ClientFormat.valueOf(row.getString("format")),
                row.getBoolean("with_key"),
                Sql.time(row, "created_at").orElseThrow(),
                Sql.time(row, "expires_at").orElseThrow(),
                Sql.time(row, "used_at"),
                Sql.time(row, "revoked_at"));
    }
}
