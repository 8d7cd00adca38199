package io.vpnenterprise.access.traffic;

import io.vpnenterprise.node.PeerSample;
import io.vpnenterprise.node.PeerSamples;
import io.vpnenterprise.node.WireGuardKey;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks at where peers are heard from. In memory alone: members' addresses are kept nowhere, and with another application
 * node the trail begins anew. Thread-safe.
 */
@ApplicationScoped
class EndpointWatch {

    /** Peers whose endpoint is remembered; when there are more, those that did not move lately are forgotten, then all. */
    private static final int MAX_TRAILS = 200_000;

    private record Place(UUID serverId, WireGuardKey publicKey) {}

    private final Map<Place, EndpointTrail> trails = new ConcurrentHashMap<>();

    @Inject
    TrafficConfig config;

    @Inject
    Oddities oddities;

    void look(UUID serverId, PeerSamples samples) {
        for (PeerSample peer : samples.peers()) {
            peer.endpoint().ifPresent(endpoint -> {
                Set<Oddity> odd = noted(new Place(serverId, peer.publicKey()), endpoint, samples);
                odd.forEach(oddity -> oddities.tell(serverId, peer.publicKey().base64(), oddity));
            });
        }
        makeRoom(samples);
    }

    private Set<Oddity> noted(Place place, String endpoint, PeerSamples samples) {
        EndpointTrail trail = trails.computeIfAbsent(place, key -> new EndpointTrail());
        synchronized (trail) {
            return trail.at(endpoint, samples.at(), config.endpoints());
        }
    }

    private void makeRoom(PeerSamples samples) {
        if (trails.size() > MAX_TRAILS) {
            trails.values().removeIf(trail -> {
                synchronized (trail) {
                    return trail.isOver(samples.at(), config.endpoints().window());
                }
            });
            if (trails.size() > MAX_TRAILS) {
                trails.clear();
            }
        }
    }
}
