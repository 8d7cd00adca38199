package io.vpnenterprise.access;

import io.vpnenterprise.fleet.Hosts;
import io.vpnenterprise.fleet.Node;
import io.vpnenterprise.fleet.Server;
import io.vpnenterprise.fleet.ServerRows;
import io.vpnenterprise.node.PeerChange;
import io.vpnenterprise.node.PeerRate;
import io.vpnenterprise.node.WireGuardKey;
import io.vpnenterprise.platform.Secrets;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Makes the rates on a host what the database says, as a step of {@link Reconciliation}: after a hand, a flushed packet
 * filter, a crash between a peer and its rate. A server none of whose peers has a rate is asked once.
 */
@ApplicationScoped
class RateRepair {

    private static final Logger LOG = Logger.getLogger(RateRepair.class.getName());

    /** Servers whose hosts hold no rates, and shall hold none. */
    private final Set<UUID> rateless = ConcurrentHashMap.newKeySet();

    @Inject
    Hosts hosts;

    @Inject
    PeerRows peers;

    @Inject
    ServerRows servers;

    @Inject
    Secrets secrets;

    void run(Node node, Server server) {
        if (peers.rated(server.id()).isEmpty() && rateless.contains(server.id())) {
            return;
        }
        // Read before the rows: who was written since differs, and putting him twice does no harm.
        Map<WireGuardKey, PeerRate> onHost = new HashMap<>(hosts.rates(node, server.interfaceName()));
        List<Peer> rated = peers.rated(server.id());
        if (onHost.isEmpty() && rated.isEmpty()) {
            rateless.add(server.id());
            return;
        }
        rateless.remove(server.id());
        List<PeerChange> changes = new ArrayList<>();
        for (Peer peer : rated) {
            PeerRate wanted = new PeerRate(
                    peer.allowedIps().stream().sorted().toList(), peer.rate().orElseThrow());
            if (!wanted.equals(onHost.remove(WireGuardKey.ofBase64(peer.publicKey())))) {
                changes.add(PeerWriter.put(peer, secrets));
            }
        }
        onHost.keySet().forEach(key -> peers.findByKey(server.id(), key.base64())
                .ifPresentOrElse(
                        peer -> {
                            // What the writer is about to write is no difference.
                            if (peer.state() == Peer.State.ACTIVE && peer.written()) {
                                changes.add(PeerWriter.put(peer, secrets));
                            }
                        },
                        () -> changes.add(new PeerChange.Remove(key))));
        if (!changes.isEmpty()) {
            PeerBatch.apply(changes, part -> hosts.apply(node, server.interfaceName(), part))
                    .forEach(refused -> LOG.log(Level.WARNING, "server {0}: a rate was refused: {1}", new Object[] {
                        server.id(), refused.reason()
                    }));
            servers.noteRepair(server, Map.of("rates", changes.size()));
        }
    }
}
