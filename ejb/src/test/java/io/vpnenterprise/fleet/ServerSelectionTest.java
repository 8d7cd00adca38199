package io.vpnenterprise.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ServerSelectionTest {

    private static final long LINK = 125_000_000;
    private static final long SEED = Long.getLong("placement.seed", 7);

    private final Random random = new Random(SEED);

    /** A server as a test wants it: what it does not say is usual. */
    private record Given(
            String name,
            String region,
            int capacity,
            int peers,
            int weight,
            boolean fresh,
            Server.Intake intake,
            Optional<ServerLoad> live) {

        static Given server(String name, String region, int capacity, int peers) {
            return new Given(name, region, capacity, peers, 100, true, Server.Intake.OPEN, Optional.empty());
        }

        Given weighing(int different) {
            return new Given(name, region, capacity, peers, different, fresh, intake, live);
        }

        Given stale() {
            return new Given(name, region, capacity, peers, weight, false, intake, live);
        }

        Given in(Server.Intake different) {
            return new Given(name, region, capacity, peers, weight, fresh, different, live);
        }

        Given sampled(int activePeers, long bytesPerSecond) {
            ServerLoad load = new ServerLoad(activePeers, bytesPerSecond, OffsetDateTime.now());
            return new Given(name, region, capacity, peers, weight, fresh, intake, Optional.of(load));
        }

        ServerCandidate candidate() {
            return new ServerCandidate(
                    UUID.nameUUIDFromBytes(name.getBytes()),
                    UUID.randomUUID(),
                    name,
                    region,
                    "key",
                    "host:1",
                    "10.0.0.0/24",
                    "fd00::/64",
                    Server.MTU,
                    capacity,
                    peers,
                    fresh,
                    true,
                    weight,
                    intake,
                    live);
        }
    }

    @Test
    void selectsLeastLoaded() {
        assertThat(pick("us-east", Given.server("a", "us-east", 100, 50), Given.server("b", "us-east", 10, 4)))
                .contains("b");
    }

    @Test
    void prefersRegionalServersEvenWhenTheyAreFuller() {
        assertThat(pick("us-east", Given.server("a", "us-east", 100, 99), Given.server("b", "eu-central", 100, 0)))
                .contains("a");
    }

    @Test
    void goesToTheNextNeighbourWithRoomAndLastToRegionsThatAreNone() {
        Given full = Given.server("full", "us-east", 100, 100);
        Given near = Given.server("near", "us-west", 100, 90);
        Given far = Given.server("far", "eu-central", 100, 10);
        Given strange = Given.server("strange", "ap-south", 100, 0);
        assertThat(pick("us-east", strange, far, near, full)).contains("near");
        assertThat(pick("us-east", strange, far, full)).contains("far");
        assertThat(pick("us-east", strange, full)).contains("strange");
    }

    @Test
    void leavesOutServersThatAreFullOrInMaintenanceOrDrainingOrOnNodesThatDoNotAnswer() {
        Given busy = Given.server("busy", "us-east", 100, 99);
        for (Given out : List.of(
                Given.server("a", "us-east", 100, 100),
                Given.server("a", "us-east", 100, 0).in(Server.Intake.MAINTENANCE),
                Given.server("a", "us-east", 100, 0).in(Server.Intake.DRAINING),
                Given.server("a", "us-east", 100, 0).stale())) {
            assertThat(pick("us-east", out, busy)).contains("busy");
            assertThat(pick("us-east", out)).isEmpty();
        }
    }

    /** The use case then throws NO_SERVER_AVAILABLE: {@code PlacementIT}. */
    @Test
    void findsNoneWhenNoServersAreAvailable() {
        assertThat(pick(null)).isEmpty();
    }

    @Test
    void goesByWhatServersDoWhenThatIsKnown() {
        Given idle = Given.server("idle", "us-east", 100, 50).sampled(5, 0);
        Given active = Given.server("active", "us-east", 100, 50).sampled(45, 0);
        Given carrying = Given.server("carrying", "us-east", 100, 50).sampled(5, LINK / 2);
        assertThat(pick(null, active, carrying, idle)).contains("idle");
        assertThat(pick(null, active, carrying)).contains("active");
    }

    @Test
    void doesNotTakeOneThatStoppedReportingForIdle() {
        Given silent = Given.server("silent", "us-east", 100, 60);
        Given reporting = Given.server("reporting", "us-east", 100, 60).sampled(50, 0);
        assertThat(pick(null, silent, reporting)).contains("reporting");
        assertThat(ServerScore.of(silent.candidate(), LINK).value()).isEqualTo(0.6);
    }

    @Test
    void handlesEqualLoadDistribution() {
        Map<String, Integer> chosen = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            chosen.merge(
                    pick(
                                    null,
                                    Given.server("a", "us-east", 100, 10),
                                    Given.server("b", "us-east", 200, 20),
                                    Given.server("c", "us-east", 50, 5))
                            .orElseThrow(),
                    1,
                    Integer::sum);
        }
        assertThat(chosen).hasSize(3).allSatisfy((name, times) -> assertThat(times)
                .isBetween(900, 1_100));
    }

    @Test
    void spreadsAThousandConnectsByWeight() {
        Map<String, Integer> peers = new HashMap<>(Map.of("a", 0, "b", 0, "c", 0));
        for (int i = 0; i < 1_000; i++) {
            String chosen = pick(
                            null,
                            Given.server("a", "us-east", 1_000, peers.get("a")),
                            Given.server("b", "us-east", 1_000, peers.get("b")),
                            Given.server("c", "us-east", 1_000, peers.get("c")).weighing(200))
                    .orElseThrow();
            peers.merge(chosen, 1, Integer::sum);
        }
        assertThat(peers.get("a")).as("of seed " + SEED).isBetween(249, 251);
        assertThat(peers.get("b")).isBetween(249, 251);
        assertThat(peers.get("c")).isBetween(499, 501);
    }

    @Test
    void listsInTheOrderOfTheChoice() {
        for (int round = 0; round < 200; round++) {
            List<ServerCandidate> left = new ArrayList<>(randomServers());
            ServerSelection selection = selection("us-east");
            List<ServerSelection.Ranked> list = selection.ranked(left);
            for (ServerSelection.Ranked next : list) {
                Optional<ServerCandidate> choice = selection.pick(left, random);
                assertThat(choice.isPresent()).isEqualTo(next.server().available());
                choice.ifPresent(chosen -> {
                    ServerSelection.Ranked ranked = selection.ranked(chosen);
                    assertThat(ranked.regionRank()).isEqualTo(next.regionRank());
                    assertThat(ranked.score().value())
                            .as("seed " + SEED + ", round " + round(list, next))
                            .isEqualTo(next.score().value());
                });
                left.remove(next.server());
            }
        }
    }

    private static int round(List<ServerSelection.Ranked> list, ServerSelection.Ranked next) {
        return list.indexOf(next);
    }

    private List<ServerCandidate> randomServers() {
        List<ServerCandidate> servers = new ArrayList<>();
        List<String> regions = List.of("us-east", "us-west", "eu-central", "ap-south");
        for (int i = 0; i < 12; i++) {
            Given given = Given.server("server " + i, regions.get(random.nextInt(4)), 4, random.nextInt(5))
                    .weighing(100 * (1 + random.nextInt(2)))
                    .in(Server.Intake.values()[Math.max(0, random.nextInt(6) - 3)]);
            given = random.nextInt(5) == 0 ? given.stale() : given;
            given = random.nextBoolean() ? given.sampled(random.nextInt(4), random.nextInt(3) * LINK / 4) : given;
            servers.add(given.candidate());
        }
        servers.sort(Comparator.comparing(ServerCandidate::name).reversed());
        return servers;
    }

    private Optional<String> pick(String region, Given... servers) {
        List<ServerCandidate> candidates =
                List.of(servers).stream().map(Given::candidate).toList();
        return selection(region).pick(candidates, random).map(ServerCandidate::name);
    }

    private static ServerSelection selection(String region) {
        return new ServerSelection(region == null ? List.of() : List.of(region, "us-west", "eu-central"), LINK);
    }
}
