package io.vpnenterprise.access;

import io.vpnenterprise.platform.FirstStep;
import io.vpnenterprise.platform.Metrics;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How many peers are in which state: a pending or removing one that stays is a node that does not answer. */
@ApplicationScoped
class PeerFigures implements FirstStep {

    @Inject
    Metrics metrics;

    @Inject
    Sql sql;

    @Override
    public int order() {
        return 40;
    }

    @Override
    public void take() {
        metrics.gauges("vpn_peers", "Peers in the database, by state", "state", this::byState);
    }

    private Map<String, Long> byState() {
        Map<String, Long> figures = new TreeMap<>();
        for (Peer.State state : Peer.State.values()) {
            figures.put(state.name().toLowerCase(Locale.ROOT), 0L);
        }
        sql.list(
                "SELECT lower(state), count(*) FROM peers GROUP BY 1",
                row -> figures.put(row.getString(1), row.getLong(2)));
        return figures;
    }
}
