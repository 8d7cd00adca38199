package io.vpnenterprise.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.fleet.Server;
import io.vpnenterprise.fleet.ServerCandidate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ServerSelectionTest {

    private final Random random = new Random(7);

    @Test
    void selectsLeastLoaded() {
        assertThat(pick(List.of(server("a", "us-east", 100, 50), server("b", "us-east", 10, 4)), "us-east"))
                .contains("b");
    }

    @Test
    void prefersTheRegionEvenWhenItIsFuller() {
        assertThat(pick(List.of(server("a", "us-east", 100, 99), server("b", "eu-central", 100, 0)), "us-east"))
                .contains("a");
    }

    @Test
    void goesElsewhereWhenTheRegionIsFull() {
        assertThat(pick(List.of(server("a", "us-east", 100, 100), server("b", "eu-central", 100, 0)), "us-east"))
                .contains("b");
    }

    @Test
    void leavesOutServersOfNodesThatDoNotAnswer() {
        assertThat(pick(List.of(stale("a", "us-east"), server("b", "us-east", 100, 90)), "us-east"))
                .contains("b");
        assertThat(pick(List.of(stale("a", "us-east")), "us-east")).isEmpty();
    }

    @Test
    void findsNoneAmongNone() {
        assertThat(pick(List.of(), null)).isEmpty();
    }

    @Test
    void drawsLotsAmongEquals() {
        List<ServerCandidate> equals = List.of(
                server("a", "us-east", 100, 10), server("b", "us-east", 200, 20), server("c", "us-east", 50, 5));
        Map<String, Integer> chosen = new HashMap<>();
        for (int i = 0; i < 3_000; i++) {
            chosen.merge(pick(equals, null).orElseThrow(), 1, Integer::sum);
        }
        assertThat(chosen).hasSize(3).allSatisfy((name, times) -> assertThat(times)
                .isBetween(900, 1_100));
    }

    private Optional<String> pick(List<ServerCandidate> servers, String region) {
        return ServerSelection.pick(servers, Optional.ofNullable(region), random)
                .map(ServerCandidate::name);
    }

    private static ServerCandidate server(String name, String region, int capacity, int peers) {
        return candidate(name, region, capacity, peers, true);
    }

    private static ServerCandidate stale(String name, String region) {
        return candidate(name, region, 100, 0, false);
    }

    private static ServerCandidate candidate(String name, String region, int capacity, int peers, boolean fresh) {
        return new ServerCandidate(
                UUID.randomUUID(),
                UUID.randomUUID(),
                name,
                region,
                "key",
                "host:1",
                "10.0.0.0/24",
                "fd00::/64",
                capacity,
                peers,
                fresh,
                true,
                100,
                Server.Intake.OPEN,
                Optional.empty());
    }
}
