package io.vpnenterprise.fleet;

import io.vpnenterprise.platform.Sql;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.UUID;

/**
 * How busy the servers are, as whoever samples hosts reports. A sample counts until {@code vpn.fleet.load-stale-after}:
 * placement then goes by the peers that a server has, for one that stopped reporting is not idle.
 */
@Stateless
public class ServerLoads {

    @Inject
    Sql sql;

    /**
     * Notes a sample, in place of the server's last; of a server that is gone, nothing. For samplers, never once a request.
     *
     * @param activePeers peers with a session, 0 or more
     * @param bytesPerSecond in both directions together, 0 or more
     */
    public void note(UUID serverId, int activePeers, long bytesPerSecond) {
        // Locks the server's row as its peers' writers do, so that it does not go meanwhile.
        sql.update("""
                INSERT INTO server_loads (server_id, active_peers, bytes_per_second, sampled_at)
                SELECT id, ?, ?, clock_timestamp() FROM servers WHERE id = ? FOR KEY SHARE
                ON CONFLICT (server_id) DO UPDATE SET
                    active_peers = excluded.active_peers, bytes_per_second = excluded.bytes_per_second,
                    sampled_at = excluded.sampled_at
                WHERE server_loads.sampled_at <= excluded.sampled_at""", activePeers, bytesPerSecond, serverId);
    }
}
