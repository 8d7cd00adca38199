package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator's own interface, with peers that use it, becomes a server: nothing of it is lost on the way, or afterwards. */
class ImportIT {

    private static final int PORT = 443;
    private static final Duration SOON = Duration.ofSeconds(30);

    /** Of the last sample, and what a handshake is. */
    private static final int FEW_BYTES = 60_000;

    private static Product product;
    private static Api admin;

    @TempDir
    Path directory;

    private final Cleanup made = new Cleanup();
    private final String link = "wg-" + UUID.randomUUID().toString().substring(0, 6) + "_A.1";
    private NetworkNamespace host;
    private String nodeId;
    private TunnelClient laptop;
    private String laptopKey;
    private String phoneKey;
    private String branchKey;

    @BeforeAll
    static void start() {
        Parts.requireForRealDevices("ping");
        product = Product.shared();
        admin = product.admin();
    }

    /** Three peers: one with a tunnel that works, one without a preshared key, one with a network behind it. */
    @BeforeEach
    void anOperatorHasAnInterface() throws IOException {
        host = made.add(new NetworkNamespace("own"));
        NetworkNamespace machine = made.add(new NetworkNamespace("laptop"));
        NetworkNamespace.connect(host, List.of("192.0.2.1/24"), machine, List.of("192.0.2.2/24"));
        host.run("setsid", "--wait", "wireguard-go", link).orFail();
        String serverKey = newKey();
        String laptopPrivate = newKey();
        String presharedKey = newKey();
        laptopKey = publicKey(laptopPrivate);
        phoneKey = publicKey(newKey());
        branchKey = publicKey(newKey());
        host.run("wg", "setconf", link, file("""
                        [Interface]
                        PrivateKey = %s
                        ListenPort = %d
                        [Peer]
                        PublicKey = %s
                        PresharedKey = %s
                        AllowedIPs = 10.8.0.2/32
                        [Peer]
                        PublicKey = %s
                        AllowedIPs = 10.8.0.3/32, fd00:8::3/128
                        [Peer]
                        PublicKey = %s
                        AllowedIPs = 10.8.0.4/32, 192.168.7.0/24
                        """.formatted(
                                serverKey, PORT, laptopKey, presharedKey, phoneKey, branchKey)))
                .orFail();
        host.run("ip", "address", "add", "10.8.0.1/24", "dev", link).orFail();
        host.run("ip", "link", "set", "dev", link, "mtu", "1400", "up").orFail();
        laptop = made.add(new TunnelClient(
                machine, """
                [Interface]
                PrivateKey = %s
                Address = 10.8.0.2/32
                [Peer]
                PublicKey = %s
                PresharedKey = %s
                AllowedIPs = 0.0.0.0/0
                Endpoint = 192.0.2.1:%d
                """.formatted(laptopPrivate, publicKey(serverKey), presharedKey, PORT), PORT));
        laptop.ping(200).orFail();
        nodeId = admin.addNode(host.name, "uapi", host.name, "192.0.2.1");
        made.add(() -> admin.delete("/api/admin/nodes/" + nodeId).expect(204));
    }

    @AfterEach
    void removeAllThatWasMade() {
        made.close();
    }

    @Test
    void keepsPeersWithKeysAddressesSessionsAndCounters() {
        Api owner = product.member();
        Api phones = product.member();
        String phone = phones.post(
                        "/api/user/devices",
                        Json.createObjectBuilder()
                                .add("name", "phone")
                                .add("publicKey", phoneKey)
                                .build())
                .expect(201)
                .data()
                .getJsonObject("device")
                .getString("id");
        List<String> before = dump();

        JsonObject imported =
                admin.post(imports(), body(owner).build()).expect(201).data();

        HostedServer server = server(imported);
        assertThat(imported.getString("state")).isEqualTo("imported");
        assertThat(imported.getInt("peers")).isEqualTo(3);
        assertThat(dump()).isEqualTo(before);
        assertThat(addresses()).contains("mtu 1400", "inet 10.8.0.1/24 ", "inet6 ");
        server.assertHostEqualsDatabaseWithPresharedKeys();
        laptop.ping(5).orFail();
        assertThat(dump()).as("no handshake anew").isEqualTo(before);

        // What was counted before is nobody's.
        String month = "/api/vpn/usage";
        await("the laptop's traffic").atMost(SOON).until(() -> bytes(owner.get(month)) > 0);
        assertThat(bytes(owner.get(month))).isLessThan(FEW_BYTES);

        // The phone's device was there, the others were made.
        assertThat(phones.get("/api/vpn/status").expect(200).text()).contains(phone);
        assertThat(owner.get("/api/user/devices").expect(200).text()).contains("branch office", "imported-", laptopKey);
        String conf = phones.get("/api/vpn/connections/" + connectionOf(phones) + "/config")
                .expect(200)
                .text();
        assertThat(conf)
                .contains("Address = 10.8.0.3/32, fd00:8::3/128", "MTU = 1400")
                .doesNotContain("PresharedKey");

        // It takes others beside them, and lets go of one at its member's wish.
        JsonObject connected = MemberDevice.add(product.member(), "new")
                .connect(server.id)
                .expect(200)
                .data();
        assertThat(connected.toString()).doesNotContain("\"10.8.0.").doesNotContain("192.168.7.");
        phones.post("/api/vpn/disconnect", "{\"deviceId\":\"" + phone + "\"}").expect(200);
        assertThat(server.keysOnHost())
                .hasSize(3)
                .contains(laptopKey, branchKey)
                .doesNotContain(phoneKey);
        server.assertHostEqualsDatabaseWithPresharedKeys();
        laptop.ping(5).orFail();
    }

    @Test
    void hasAllOfItBroughtBackToAHostThatLostIt() {
        HostedServer server =
                server(admin.post(imports(), body(product.member()).build())
                        .expect(201)
                        .data());
        Map<String, HostedServer.Peer> before = server.peersOnHost();

        server.deleteByHand();
        admin.post("/api/vpn/servers/" + server.id + "/reconcile", "").expect(200);

        assertThat(server.peersOnHost()).isEqualTo(before);
        assertThat(addresses()).contains("mtu 1400", "inet 10.8.0.1/24 ");
        laptop.beginAnew();
        laptop.ping(5).orFail();
    }

    /** As after a crash amid an import, with an operator who goes on working meanwhile. */
    @Test
    void adoptsWhatChangesUntilItIsImported() throws SQLException {
        HostedServer server =
                server(admin.post(imports(), body(product.member()).build())
                        .expect(201)
                        .data());
        String late = HostedServer.newPublicKey();
        String network = "172.30." + (1 + late.charAt(0)) + ".0/24";
        setStatus(server, "IMPORTING");
        server.changeByHand("peer", late, "allowed-ips", "10.8.0.9/32," + network);
        server.changeByHand("peer", phoneKey, "remove");
        server.changeByHand("peer", branchKey, "allowed-ips", "10.8.0.4/32");
        Map<String, HostedServer.Peer> wanted = server.peersOnHost();

        await("the end of the import")
                .atMost(SOON)
                .until(() -> stateOf(server).getString("state").equals("imported"));

        // The writer gives back what the removed peer had.
        await("both sides are the same").atMost(SOON).until(() -> server.peersInDatabase("REMOVING")
                .isEmpty());
        assertThat(server.peersOnHost()).isEqualTo(wanted);
        server.assertHostEqualsDatabaseWithPresharedKeys();
        laptop.ping(5).orFail();
    }

    @Test
    void leavesTheInterfaceAloneWhenAnImportIsGivenUp() throws SQLException {
        HostedServer server =
                server(admin.post(imports(), body(product.member()).build())
                        .expect(201)
                        .data());
        // A key of a device that is connected elsewhere: what to do only its member knows.
        HostedServer other =
                made.add(HostedServer.create(product, made.add(new NetworkNamespace("other")), 51_859, 10));
        MemberDevice elsewhere = MemberDevice.add(product.member(), "elsewhere");
        elsewhere.connect(other.id).expect(200);
        setStatus(server, "IMPORTING");
        server.changeByHand("peer", elsewhere.publicKey(), "allowed-ips", "10.8.0.9/32");
        await("a failure").atMost(SOON).until(() -> stateOf(server).containsKey("failure"));
        List<String> before = dump();

        admin.delete("/api/vpn/servers/" + server.id).expect(204);

        assertThat(dump()).isEqualTo(before);
        assertThat(admin.get(imports() + "/" + server.id).expect(404).code()).isEqualTo("IMPORT_NOT_FOUND");
        assertThat(admin.post(imports(), body(product.member()).build())
                        .expect(409)
                        .code())
                .isEqualTo("DEVICE_CONNECTED");
        server.changeByHand("peer", elsewhere.publicKey(), "remove");
        server(admin.post(imports(), body(product.member()).build()).expect(201).data());
    }

    @Test
    void refusesWhatItCannotTakeAndChangesNothing() {
        List<String> before = dump();
        Api owner = product.member();
        assertRefused(404, "INTERFACE_NOT_FOUND", body(owner).add("interfaceName", "wg-elsewhere"));
        assertRefused(400, "INVALID_INTERFACE", body(owner).add("interfaceName", "wg0; reboot"));
        assertRefused(400, "UNKNOWN_REGION", body(owner).add("region", "moon"));
        assertRefused(409, "CAPACITY_IN_USE", body(owner).add("capacity", 2));
        assertRefused(
                400,
                "NO_SUCH_OWNER",
                body(owner).add("userId", UUID.randomUUID().toString()));
        assertRefused(
                400,
                "INVALID_IMPORTED_DEVICE",
                body(owner)
                        .add(
                                "devices",
                                Json.createArrayBuilder()
                                        .add(Json.createObjectBuilder()
                                                .add("publicKey", HostedServer.newPublicKey()))));
        server(admin.post(imports(), body(owner).build()).expect(201).data());
        assertRefused(409, "INTERFACE_TAKEN", body(owner).add("name", host.name + "-again"));

        assertThat(dump()).isEqualTo(before);
    }

    private void assertRefused(int status, String code, JsonObjectBuilder body) {
        assertThat(admin.post(imports(), body.build()).expect(status).code()).isEqualTo(code);
    }

    private JsonObjectBuilder body(Api owner) {
        return Json.createObjectBuilder()
                .add("interfaceName", link)
                .add("name", host.name)
                .add("region", "eu-central")
                .add("userId", owner.get("/api/auth/me").expect(200).data().getString("id"))
                .add(
                        "devices",
                        Json.createArrayBuilder()
                                .add(Json.createObjectBuilder()
                                        .add("publicKey", branchKey)
                                        .add("name", "branch office")));
    }

    private String imports() {
        return "/api/admin/nodes/" + nodeId + "/imports";
    }

    private HostedServer server(JsonObject imported) {
        String id = imported.getString("serverId");
        made.add(() -> admin.delete("/api/vpn/servers/" + id));
        return new HostedServer(product, host, nodeId, id, link);
    }

    private JsonObject stateOf(HostedServer server) {
        return admin.get(imports() + "/" + server.id).expect(200).data();
    }

    private static void setStatus(HostedServer server, String status) throws SQLException {
        try (Connection sql = product.database().connect()) {
            BareLoop.execute(sql, "UPDATE servers SET status = '" + status + "' WHERE id = ?::uuid", server.id);
        }
    }

    /** What {@code wg} shows of the interface and its peers, without the bytes and the time of the last keepalive. */
    private List<String> dump() {
        List<String> lines = new ArrayList<>();
        host.run("wg", "show", link, "dump").orFail().stdout().lines().forEach(line -> {
            String[] column = line.split("\t");
            lines.add(
                    column.length < 8 ? line : String.join("\t", List.of(column).subList(0, 5)));
        });
        lines.sort(null);
        return lines;
    }

    private String addresses() {
        return host.run("ip", "address", "show", "dev", link).orFail().stdout();
    }

    private static long bytes(Api.Answer usage) {
        return usage.expect(200).data().getJsonNumber("totalBytes").longValue();
    }

    private static String connectionOf(Api member) {
        return member.get("/api/vpn/status")
                .expect(200)
                .data()
                .getJsonArray("connections")
                .getJsonObject(0)
                .getString("id");
    }

    private static String newKey() {
        return Program.run("wg", "genkey").orFail().stdout().strip();
    }

    private String publicKey(String privateKey) throws IOException {
        Process process = new ProcessBuilder("wg", "pubkey")
                .redirectInput(Path.of(file(privateKey)).toFile())
                .start();
        try (InputStream stdout = process.getInputStream()) {
            return new String(stdout.readAllBytes(), StandardCharsets.US_ASCII).strip();
        }
    }

    private String file(String content) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "wg", ".conf"), content)
                .toString();
    }
}
