package io.vpnenterprise.fleet;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Chooses a server: one that takes connections, in the wanted region or as near to it as there is one, with the lowest
 * score; among equals by lot, so that a thousand members who come at once do not all go to the first.
 *
 * @param nearest the wanted region, then its neighbours; empty: all regions are the same
 * @param linkBytesPerSecond what a server's link carries
 */
public record ServerSelection(List<String> nearest, long linkBytesPerSecond) {

    /** The order of the choice; equals by name. Those that take nobody come last. */
    private static final Comparator<Ranked> ORDER = Comparator.comparing(
                    (Ranked ranked) -> !ranked.server().available())
            .thenComparingInt(Ranked::regionRank)
            .thenComparingDouble(ranked -> ranked.score().value())
            .thenComparing(ranked -> ranked.server().name());

    /**
     * A server with what decides about it.
     *
     * @param regionRank 0 in the wanted region, or when none is wanted, then 1 and on
     */
    public record Ranked(ServerCandidate server, int regionRank, ServerScore score) {

        private boolean asGoodAs(Ranked other) {
            return regionRank == other.regionRank && Double.compare(score.value(), other.score.value()) == 0;
        }
    }

    public ServerSelection {
        nearest = List.copyOf(nearest);
    }

    /** The servers in the order in which they are chosen. */
    public List<Ranked> ranked(List<ServerCandidate> servers) {
        return servers.stream().map(this::ranked).sorted(ORDER).toList();
    }

    /** Empty when no server takes a connection. */
    public Optional<ServerCandidate> pick(List<ServerCandidate> servers, RandomGenerator random) {
        List<Ranked> available =
                ranked(servers.stream().filter(ServerCandidate::available).toList());
        List<Ranked> best = available.stream()
                .takeWhile(ranked -> ranked.asGoodAs(available.get(0)))
                .toList();
        return best.isEmpty()
                ? Optional.empty()
                : Optional.of(best.get(random.nextInt(best.size())).server());
    }

    public Ranked ranked(ServerCandidate server) {
        return new Ranked(server, regionRank(server.region()), ServerScore.of(server, linkBytesPerSecond));
    }

    private int regionRank(String region) {
        int place = nearest.indexOf(region);
        return place < 0 ? nearest.size() : place;
    }
}
