package io.vpnenterprise.access;

import io.vpnenterprise.fleet.ServerCandidate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Chooses a server: with room, on a node that answered lately, in the wanted region if one there has room, with the least
 * load; among equals by lot, so that a thousand members who come at once do not all go to the first.
 */
final class ServerSelection {

    private ServerSelection() {}

    static Optional<ServerCandidate> pick(
            List<ServerCandidate> servers, Optional<String> region, RandomGenerator random) {
        List<ServerCandidate> usable = servers.stream()
                .filter(server -> server.fresh() && !server.full())
                .toList();
        List<ServerCandidate> inRegion = usable.stream()
                .filter(server -> region.isEmpty() || server.region().equals(region.get()))
                .toList();
        List<ServerCandidate> eligible = inRegion.isEmpty() ? usable : inRegion;
        Optional<ServerCandidate> least = eligible.stream().min(Comparator.comparingDouble(ServerCandidate::load));
        return least.map(best -> {
            List<ServerCandidate> equals = eligible.stream()
                    .filter(server -> Double.compare(server.load(), best.load()) == 0)
                    .toList();
            return equals.get(random.nextInt(equals.size()));
        });
    }
}
