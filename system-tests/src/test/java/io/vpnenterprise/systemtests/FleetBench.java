package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vpnenterprise.node.PeerChange;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a large fleet costs, beside what the device alone costs. Run by {@code ./mvnw -pl system-tests -am -Pbench verify
 * -Dbench=fleet}, which writes {@code target/bench/fleet.json}; {@code -Dbench.peers=2000} for a small trial.
 *
 * <p>Three servers with real {@code wireguard-go} devices have their peers from the start, inserted by SQL: a fiftieth, a
 * fifth and all of {@link #PEERS}. All are served all the time; what is measured of each comes in turns with the others.
 *
 * <ul>
 *   <li>{@code sync_s}: the largest server's interface is deleted by hand, and the platform is asked to reconcile it: until it
 *       answers, by when the host has every peer again. {@code sync_floor_s}: the same peers in requests that lie ready, on the device's socket, to a
 *       new device of the same kind. In turns, medians.
 *   <li>{@code reconcile_s}: the same call when nothing differs.
 *   <li>{@code ssh_s}: a fifth of the peers by the connector to a new device behind an OpenSSH server on loopback. {@code
 *       ssh_floor_s}: the same peers by one {@code wg addconf} on a session that is kept, too.
 *   <li>{@code change_ms}: half of a connect and a disconnect over HTTP by one client, median, with each number of peers
 *       present.
 *   <li>{@code connect_p99_ms}: open loop at {@link #PACE} connects a second to the largest server, each of a device that
 *       was never connected, from the moment when it was to begin; reconciliations come as they come.
 * </ul>
 */
@Tag("fleet")
class FleetBench {

    private static final int PEERS = Integer.getInteger("bench.peers", 50_000);
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
    private static final int PACE = 50;
    private static final Duration PACED = Duration.ofSeconds(Integer.getInteger("bench.paced-seconds", 60));
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final int PACED_THREADS = 64;
    private static final int CHANGES_A_ROUND = 60;
    private static final int USERS = 8;
    private static final int FIRST_PORT = 41_301;

    /** Beyond those present: what is connected meanwhile. */
    private static final int ROOM = 5_000;

    private final long seed = Long.getLong("bench.seed", 1);
    private final Random random = new Random(seed);
    private final Map<UUID, Api> members = new HashMap<>();

    @TempDir
    Path directory;

    private Product product;
    private Api admin;
    private DeviceFloor floor;
    private SshFloor bySsh;
    private BenchDevice.Supply fresh;
    private List<Fleet> fleets;

    /** A server with its peers. */
    private record Fleet(HostedServer server, List<PeerChange.Put> peers, List<Double> changes) {

        Set<String> keys() {
            return peers.stream().map(put -> put.publicKey().base64()).collect(Collectors.toSet());
        }
    }

    @Test
    void measuresTheFleet() throws Exception {
        Parts.requireForRealDevices("sshd", "ssh-keygen");
        try (Cleanup made = new Cleanup()) {
            setUp(made);
            Fleet largest = fleets.get(fleets.size() - 1);
            List<byte[]> requests = RawUapi.requests(largest.peers());
            List<Double> sync = new ArrayList<>();
            List<Double> syncFloor = new ArrayList<>();
            List<Double> reconcile = new ArrayList<>();
            List<Double> ssh = new ArrayList<>();
            List<Double> sshFloor = new ArrayList<>();
            List<PeerChange.Put> remote = largest.peers().subList(0, PEERS / 5);

            // To warm up: everything once.
            sync(largest);
            floor.rawSeconds(requests);
            reconcile(largest);
            bySsh.connectorSeconds(remote);
            bySsh.addconfSeconds(remote);
            changeEach(CHANGES_A_ROUND, false);
            for (int round = 0; round < ROUNDS; round++) {
                sync.add(sync(largest));
                syncFloor.add(floor.rawSeconds(requests));
                reconcile.add(reconcile(largest));
                ssh.add(bySsh.connectorSeconds(remote));
                sshFloor.add(bySsh.addconfSeconds(remote));
                changeEach(CHANGES_A_ROUND, true);
            }
            Load.paced(PACE, WARM_UP, PACED_THREADS, () -> connectFresh(largest));
            List<Double> connects = Load.paced(PACE, PACED, PACED_THREADS, () -> connectFresh(largest));
            write(new Rounds(sync, syncFloor, reconcile, ssh, sshFloor), connects);
        }
    }

    private void setUp(Cleanup made) throws Exception {
        product = made.add(Product.startLasting(
                Map.of("VPN_ACCESS_DEVICES_PER_USER", "10000", "VPN_ACCESS_CONNECTIONS_PER_USER", "10000")));
        admin = product.admin();
        NetworkNamespace floorHost = made.add(new NetworkNamespace("floor"));
        floor = made.add(new DeviceFloor(floorHost, random));
        bySsh = made.add(new SshFloor(made.add(new OpenSsh(directory)), floorHost, floor));
        for (int i = 0; i < USERS; i++) {
            Api member = product.member();
            members.put(
                    UUID.fromString(
                            member.get("/api/auth/me").expect(200).data().getString("id")),
                    member);
        }
        fleets = new ArrayList<>();
        for (int peers : List.of(PEERS / 50, PEERS / 5, PEERS)) {
            fleets.add(newFleet(made, peers));
        }
        List<BenchDevice> prepared = BenchDevice.make(ROOM, List.copyOf(members.keySet()), random);
        try (var sql = product.database().connect()) {
            BareLoop.insert(sql, prepared);
        }
        fresh = new BenchDevice.Supply(prepared);
        for (Fleet fleet : fleets) {
            await("the first peers").atMost(Duration.ofMinutes(3)).until(() -> missingOnHost(fleet) == 0);
        }
        made.add(this::forgetPeers);
    }

    /** Each would end by itself, with an event of its own, and a request that deletes a server does not wait for so many. */
    private void forgetPeers() throws SQLException {
        try (var sql = product.database().connect()) {
            BareLoop.execute(sql, "UPDATE connections SET disconnected_at = now() WHERE disconnected_at IS NULL");
            BareLoop.execute(sql, "DELETE FROM peers");
        }
    }

    private Fleet newFleet(Cleanup made, int peers) throws SQLException {
        NetworkNamespace host = made.add(new NetworkNamespace("fleet"));
        HostedServer server = made.add(HostedServer.create(product, host, FIRST_PORT + fleets.size(), PEERS + ROOM));
        List<BenchDevice> devices = BenchDevice.make(peers, List.copyOf(members.keySet()), random);
        return new Fleet(server, FleetPeers.insert(product.database(), server.id, devices, random), new ArrayList<>());
    }

    private double sync(Fleet fleet) {
        fleet.server().deleteByHand();
        double seconds = reconcile(fleet);
        assertThat(missingOnHost(fleet)).as("peers that the host does not have").isZero();
        return seconds;
    }

    private double reconcile(Fleet fleet) {
        long began = System.nanoTime();
        admin.post("/api/vpn/servers/" + fleet.server().id + "/reconcile", "").expect(200);
        return (System.nanoTime() - began) / 1e9;
    }

    private static int missingOnHost(Fleet fleet) {
        Set<String> missing = new HashSet<>(fleet.keys());
        fleet.server().keysOnHost().forEach(missing::remove);
        return missing.size();
    }

    /** Each server in turn, change by change: whatever else runs falls on all of them alike. */
    private void changeEach(int times, boolean counted) {
        for (int i = 0; i < times; i++) {
            for (Fleet fleet : fleets) {
                double millis = connectAndDisconnect(fleet) / 2;
                if (counted) {
                    fleet.changes().add(millis);
                }
            }
        }
    }

    private double connectAndDisconnect(Fleet fleet) {
        BenchDevice device = fresh.next();
        long began = System.nanoTime();
        connect(fleet, device);
        boolean confirmed = members.get(device.userId())
                .post("/api/vpn/disconnect", "{\"deviceId\":\"" + device.id() + "\"}")
                .expect(200)
                .data()
                .getBoolean("confirmed");
        assertThat(confirmed).isTrue();
        return (System.nanoTime() - began) / 1e6;
    }

    private Void connectFresh(Fleet fleet) {
        connect(fleet, fresh.next());
        return null;
    }

    private void connect(Fleet fleet, BenchDevice device) {
        members.get(device.userId())
                .post(
                        "/api/vpn/connect",
                        "{\"deviceId\":\"" + device.id() + "\",\"serverId\":\"" + fleet.server().id + "\"}")
                .expect(200);
    }

    private record Rounds(
            List<Double> sync,
            List<Double> syncFloor,
            List<Double> reconcile,
            List<Double> ssh,
            List<Double> sshFloor) {}

    private void write(Rounds rounds, List<Double> connects) throws IOException, SQLException {
        List<Double> changes =
                fleets.stream().map(fleet -> Load.median(fleet.changes())).toList();
        JsonObjectBuilder figures = Json.createObjectBuilder()
                .add("sync_s", median(rounds.sync()))
                .add("sync_floor_s", median(rounds.syncFloor()))
                .add("sync_ratio", ratio(rounds.sync(), rounds.syncFloor()))
                .add("reconcile_s", median(rounds.reconcile()))
                .add("ssh_s", median(rounds.ssh()))
                .add("ssh_floor_s", median(rounds.sshFloor()))
                .add("ssh_ratio", ratio(rounds.ssh(), rounds.sshFloor()))
                .add("change_ms", array(changes.stream()))
                .add(
                        "change_peers",
                        Json.createArrayBuilder(fleets.stream()
                                .map(fleet -> fleet.peers().size())
                                .toList()))
                .add("change_ratio", BenchReport.rounded(changes.get(changes.size() - 1) / changes.get(0)))
                .add("connect_p50_ms", BenchReport.rounded(Load.percentile(connects, 0.50)))
                .add("connect_p99_ms", BenchReport.rounded(Load.percentile(connects, 0.99)))
                .add("connect_max_ms", BenchReport.rounded(Load.percentile(connects, 1)))
                .add(
                        "goals",
                        "sync_ratio <= 1.3, reconcile_s <= 1, change_ratio <= 1.2, connect_p99_ms <= 100, ssh_ratio <= 1.2")
                .add("peers", PEERS)
                .add("paced_per_s", PACE)
                .add("paced_samples", connects.size())
                .add(
                        "rounds",
                        Json.createObjectBuilder()
                                .add("sync_s", BenchReport.text(rounds.sync()))
                                .add("sync_floor_s", BenchReport.text(rounds.syncFloor()))
                                .add("reconcile_s", BenchReport.text(rounds.reconcile()))
                                .add("ssh_s", BenchReport.text(rounds.ssh()))
                                .add("ssh_floor_s", BenchReport.text(rounds.sshFloor())))
                .add("changes_of_each", fleets.get(0).changes().size())
                .add("seed", seed)
                .add("versions", BenchReport.versions(product.database()))
                .add("notes", """
                        sync: the interface deleted by hand, one call to reconcile until it answers. reconcile: the same call when \
                        nothing differs. ssh: a fifth of the peers by the connector's batches to an OpenSSH on loopback, \
                        ssh_floor: the same as one wg addconf on a kept session of the same library. sync_floor: the same peers in \
                        requests of 1,000 that lie ready, by the device's socket, to a new device. change: half of a connect \
                        and a disconnect over HTTP, one client, the servers in turn. connect: open loop from the intended \
                        start. Medians of alternating rounds; clients, server, PostgreSQL and devices share the cores.""");
        BenchReport.write("fleet", figures);
    }

    private static double median(List<Double> values) {
        return BenchReport.rounded(Load.median(values));
    }

    private static double ratio(List<Double> of, List<Double> to) {
        return BenchReport.rounded(Load.median(of) / Load.median(to));
    }

    private static JsonArrayBuilder array(Stream<Double> values) {
        return Json.createArrayBuilder(values.map(BenchReport::rounded).toList());
    }
}
