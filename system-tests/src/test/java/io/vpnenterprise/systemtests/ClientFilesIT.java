package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What members' clients get, on a simulated node: formats, settings, split tunnels, kill switches, links. */
class ClientFilesIT {

    private static final int RACERS = 50;
    private static final String WHOLE = "0.0.0.0/0, ::/0";

    private final Product product = Product.shared();
    private final Api member = product.member();
    private final Cleanup made = new Cleanup();
    private MemberDevice device;
    private String connection;

    @BeforeEach
    void connect() {
        Api admin = product.admin();
        String node = admin.addNode("client-files-it", "simulated", null, "192.0.2.44");
        made.add(() -> admin.delete("/api/admin/nodes/" + node).expect(204));
        String server =
                admin.addServer("client-files-it", "eu-central", 41_044, node).getString("id");
        made.add(() -> admin.delete("/api/vpn/servers/" + server).expect(204));
        device = MemberDevice.add(member, "laptop <&> \"1\"");
        connection = device.connect(server).expect(200).data().getString("connectionId");
    }

    @AfterEach
    void removeAllThatWasMade() {
        made.close();
    }

    @Test
    void givesEachClientItsOwnFormatWithTheKeyOnlyForTheTicket() throws IOException {
        assertThat(config("").header("Content-Type")).startsWith("text/plain");
        assertThat(config("?format=mobileconfig").header("Content-Type"))
                .startsWith("application/x-apple-aspen-config");
        assertThat(config("?format=mobileconfig&platform=macos").text())
                .contains("com.wireguard.macos", "<string>laptop &lt;&amp;&gt; \"1\"</string>")
                .doesNotContain("OnDemandEnabled");
        assertThat(config("?format=mobileconfig&onDemand=true").text()).contains("OnDemandEnabled");
        assertThat(config("?format=networkmanager").text()).contains("[wireguard-peer.", "type=wireguard");
        Map<String, String> networkd = unzipped(config("?format=networkd").bytes());
        assertThat(networkd).containsOnlyKeys("vpn.netdev", "vpn.network");
        assertThat(networkd.get("vpn.netdev")).contains("Kind=wireguard", "PrivateKey=PUT-YOUR-PRIVATE-KEY-HERE");

        Api holder = member.withHeader("Key-Ticket", device.ticket());
        for (String format : List.of("conf", "mobileconfig", "networkmanager")) {
            String path = "/api/vpn/connections/" + connection + "/config?format=" + format;
            assertThat(member.get(path).expect(200).text()).contains("PUT-YOUR-PRIVATE-KEY-HERE");
            assertThat(holder.get(path).expect(200).text()).doesNotContain("PUT-YOUR");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "config?format=openvpn, 400, OPENVPN_NOT_OFFERED",
        "config?format=ikev2, 400, INVALID_FORMAT",
        "config?platform=beos, 400, INVALID_PLATFORM",
        "config?dns=secret, 400, INVALID_DNS_LEVEL",
        "kill-switch?interface=eth0%22;flush, 400, INVALID_INTERFACE_NAME",
        "kill-switch?format=nft&platform=windows, 400, INVALID_PARAMETER",
        "kill-switch?platform=beos, 400, INVALID_PLATFORM"
    })
    void refusesWhatItDoesNotOffer(String path, int status, String code) {
        assertThat(member.get("/api/vpn/connections/" + connection + "/" + path)
                        .expect(status)
                        .code())
                .isEqualTo(code);
    }

    @Test
    void followsTheDevicesSettingsUnlessTheRequestSaysOtherwise() {
        String path = "/api/vpn/devices/" + device.id() + "/settings";
        assertThat(member.get(path).expect(200).data().getBoolean("killSwitch")).isFalse();
        assertThat(config("").text()).contains("MTU = 1420").doesNotContain("DNS", "PreUp");

        put(path, "{\"platform\":\"linux\",\"dnsLevel\":\"maximum\",\"killSwitch\":true,\"mtu\":1400}");

        assertThat(member.get(path).expect(200).data().getInt("mtu")).isEqualTo(1_400);
        assertThat(config("").text())
                .contains("MTU = 1400", "DNS = 9.9.9.9, 149.112.112.112, 2620:fe::fe, 2620:fe::9", "PreUp = nft '");
        assertThat(config("?platform=android&dns=standard").text())
                .contains("MTU = 1400", "DNS = 8.8.8.8")
                .doesNotContain("PreUp");
        put(path, "{\"platform\":\"android\"}");
        assertThat(config("").text()).contains("MTU = 1280");
        assertThat(member.send("PUT", path, "{\"mtu\":1200}").expect(400).code())
                .isEqualTo("INVALID_MTU");
        assertThat(member.awaitAudit("device-settings.changed")).isNotNull();
    }

    @Test
    void splitsTheTunnelByTheMembersRules() {
        assertThat(config("").text()).contains("AllowedIPs = " + WHOLE);
        String excluded = rule("{\"value\":\"128.0.0.0/1\",\"action\":\"exclude\",\"type\":\"ip\"}");
        rule("{\"value\":\"::/1\",\"action\":\"exclude\",\"platform\":\"ios\"}");

        assertThat(config("?platform=android").text()).contains("AllowedIPs = 0.0.0.0/1, ::/0");
        assertThat(config("?platform=ios").text()).contains("8000::/1");

        put(
                "/api/vpn/split-tunnel-rules/" + excluded,
                "{\"value\":\"128.0.0.0/1\",\"action\":\"exclude\",\"enabled\":false}");
        assertThat(config("?platform=android").text()).contains("AllowedIPs = " + WHOLE);
        member.delete("/api/vpn/split-tunnel-rules/" + excluded).expect(204);
        assertThat(member.get("/api/vpn/split-tunnel-rules").expect(200).data().getInt("total"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"type":"app","value":"firefox","action":"exclude"}              | SPLIT_TUNNEL_TYPE_NOT_OFFERED
            {"type":"domain","value":"example.org","action":"exclude"}       | SPLIT_TUNNEL_TYPE_NOT_OFFERED
            {"value":"192.0.2.0/24","action":"bypass"}                       | INVALID_SPLIT_TUNNEL_ACTION
            {"value":"192.0.2.1/24","action":"exclude"}                      | INVALID_SPLIT_TUNNEL_NETWORK
            {"action":"exclude"}                                             | INVALID_SPLIT_TUNNEL_NETWORK
            {"value":"192.0.2.0/24","action":"exclude","priority":1001}      | INVALID_PRIORITY
            {"value":"192.0.2.0/24","action":"exclude","description":"a\\nb"} | INVALID_DESCRIPTION
            {"value":"192.0.2.0/24","action":"exclude","platform":"beos"}    | INVALID_PLATFORM
            """)
    void refusesARuleThatNoClientCanFollow(String rule, String code) {
        assertThat(member.post("/api/vpn/split-tunnel-rules", rule).expect(400).code())
                .isEqualTo(code);
        assertThat(member.get("/api/vpn/split-tunnel-rules").data().getInt("total"))
                .isZero();
    }

    @Test
    void refusesARuleForSomebodyElsesDevice() {
        assertThat(product.member()
                        .post(
                                "/api/vpn/split-tunnel-rules",
                                "{\"value\":\"::/1\",\"action\":\"exclude\",\"deviceId\":\"" + device.id() + "\"}")
                        .expect(404)
                        .code())
                .isEqualTo("DEVICE_NOT_FOUND");
    }

    @Test
    void refusesAQrCodeThatNoCameraReads() {
        String path = "/api/vpn/connections/" + connection + "/qr?platform=ios";
        assertThat(member.get(path).expect(200).header("Content-Type")).isEqualTo("image/png");
        for (int i = 0; i < 5; i++) {
            rule("{\"value\":\"" + (16 * i + 11) + ".0.113.1\",\"action\":\"exclude\"}");
        }
        Api.Answer answer = member.get(path).expect(400);
        assertThat(answer.code()).isEqualTo("QR_TOO_LARGE");
        assertThat(answer.json().getString("error")).contains("at most 1273");
        assertThat(member.withHeader("Key-Ticket", device.ticket())
                        .get("/api/vpn/connections/" + connection + "/config")
                        .expect(200)
                        .text())
                .contains("11.0.113.0/32");
    }

    @Test
    void saysHowEachPlatformKeepsItsPacketsInTheTunnel() {
        String path = "/api/vpn/connections/" + connection + "/kill-switch";
        JsonObject linux = member.get(path).expect(200).data();
        assertThat(linux.getString("mechanism")).isEqualTo("nftables");
        assertThat(linux.getString("ruleset")).contains("policy drop", "ip daddr 192.0.2.44 udp dport 41044 accept");
        assertThat(linux.getString("preUp")).startsWith("PreUp = nft '");
        Api.Answer file =
                member.get(path + "?format=nft&lan=true&interface=wg0").expect(200);
        assertThat(file.text()).contains("\"wg0\"", "192.168.0.0/16");
        assertThat(file.header("Content-Disposition")).contains("vpn-kill-switch.nft");
        for (String platform : List.of("ios", "macos", "android", "windows")) {
            JsonObject other =
                    member.get(path + "?platform=" + platform).expect(200).data();
            assertThat(other.getString("mechanism")).isEqualTo("client");
            assertThat(other.getString("how")).isNotBlank();
            assertThat(other).doesNotContainKey("ruleset");
        }
    }

    @Test
    void keepsWhatClientsSayOfTheirKillSwitches() {
        String event = "{\"deviceId\":\"%s\",\"type\":\"%s\",\"reason\":\"server away\"}";
        for (String type : List.of("activated", "triggered", "deactivated")) {
            member.post("/api/vpn/kill-switch-events", event.formatted(device.id(), type))
                    .expect(201);
            assertThat(member.awaitAudit("kill-switch." + type)).isNotNull();
        }
        JsonObject page = member.get("/api/vpn/kill-switch-events").expect(200).data();
        assertThat(page.getInt("total")).isEqualTo(3);
        assertThat(page.getJsonArray("items").getJsonObject(0).getString("type"))
                .isEqualTo("deactivated");
        assertThat(page.getJsonArray("items").getJsonObject(0).getString("address"))
                .isEqualTo("127.0.0.1");
        assertThat(member.post("/api/vpn/kill-switch-events", event.formatted(device.id(), "broken"))
                        .expect(400)
                        .code())
                .isEqualTo("INVALID_KILL_SWITCH_EVENT");
        for (int i = 3; i < 120; i++) {
            member.post("/api/vpn/kill-switch-events", event.formatted(device.id(), "triggered"))
                    .expect(201);
        }
        Api.Answer limited = member.post("/api/vpn/kill-switch-events", event.formatted(device.id(), "triggered"))
                .expect(429);
        assertThat(limited.code()).isEqualTo("TOO_MANY_KILL_SWITCH_EVENTS");
        assertThat(Integer.parseInt(limited.header("Retry-After"))).isBetween(3_000, 3_600);
    }

    @Test
    void givesALinksFileOnceHoweverManyWantIt() throws Exception {
        String path = link(member.withHeader("Key-Ticket", device.ticket()), "{\"format\":\"conf\"}");
        Api anonymous = product.anonymous();
        // Whoever only looks takes nothing.
        for (String method : List.of("GET", "HEAD", "GET")) {
            assertThat(anonymous.send(method, path, null).expect(200).header("Content-Type"))
                    .startsWith("text/html");
        }

        List<Api.Answer> answers = atOnce(() -> anonymous.send("POST", path, null));

        assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.status() == 410)).hasSize(RACERS - 1);
        Api.Answer file = answers.stream()
                .filter(answer -> answer.status() == 200)
                .findFirst()
                .orElseThrow();
        assertThat(file.text()).contains("PrivateKey = ").doesNotContain("PUT-YOUR");
        assertThat(file.header("Content-Disposition")).contains("vpn.conf");
        assertThat(anonymous.get(path).expect(410).code()).isEqualTo("LINK_GONE");
        assertThat(member.awaitAudit("client-link.used").getJsonObject("actor").getString("email", "unknown"))
                .isEqualTo("unknown");
        assertThat(storedLinks()).containsExactly("used, nothing sealed");
    }

    @Test
    void opensNoLinkThatIsOver() {
        Api anonymous = product.anonymous();
        String links = "/api/vpn/connections/" + connection + "/links";
        assertThat(anonymous.get("/api/vpn/links/nobody-made-this").expect(404).code())
                .isEqualTo("LINK_NOT_FOUND");
        assertThat(member.post(links, "{\"expiresInMinutes\":0}").expect(400).code())
                .isEqualTo("INVALID_LINK_LIFE");
        assertThat(member.post(links, "{\"expiresInMinutes\":1441}").expect(400).code())
                .isEqualTo("INVALID_LINK_LIFE");

        String revoked = link(member, "{}");
        String id = member.get(links)
                .expect(200)
                .data()
                .getJsonArray("items")
                .getJsonObject(0)
                .getString("id");
        assertThat(product.member().delete(links + "/" + id).expect(404).code()).isEqualTo("LINK_NOT_FOUND");
        member.delete(links + "/" + id).expect(204);
        assertThat(anonymous.send("POST", revoked, null).expect(410).code()).isEqualTo("LINK_GONE");

        String expired = link(member, "{\"expiresInMinutes\":1}");
        change("UPDATE client_links SET expires_at = now() WHERE connection_id = ?::uuid AND revoked_at IS NULL");
        assertThat(anonymous.send("POST", expired, null).expect(410).code()).isEqualTo("LINK_GONE");

        String ended = link(member, "{}");
        for (int i = 1; i < 5; i++) {
            link(member, "{}");
        }
        assertThat(member.post(links, "{}").expect(403).code()).isEqualTo("LINK_LIMIT_REACHED");
        device.disconnect().expect(200);
        assertThat(anonymous.send("POST", ended, null).expect(410).code()).isEqualTo("LINK_GONE");
    }

    private Api.Answer config(String query) {
        return member.get("/api/vpn/connections/" + connection + "/config" + query)
                .expect(200);
    }

    private void put(String path, String body) {
        member.send("PUT", path, body).expect(200);
    }

    private String rule(String body) {
        return member.post("/api/vpn/split-tunnel-rules", body)
                .expect(201)
                .data()
                .getString("id");
    }

    /** The path of a new link. */
    private String link(Api maker, String body) {
        String url = maker.post("/api/vpn/connections/" + connection + "/links", body)
                .expect(201)
                .data()
                .getString("url");
        assertThat(url).startsWith(product.publicUrl() + "/api/vpn/links/");
        return url.substring(product.publicUrl().length());
    }

    private static List<Api.Answer> atOnce(Callable<Api.Answer> call) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(RACERS);
        try {
            List<Callable<Api.Answer>> calls = new ArrayList<>();
            for (int i = 0; i < RACERS; i++) {
                calls.add(call);
            }
            List<Api.Answer> answers = new ArrayList<>();
            for (Future<Api.Answer> answer : threads.invokeAll(calls)) {
                answers.add(answer.get());
            }
            return answers;
        } finally {
            threads.shutdownNow();
        }
    }

    private List<String> storedLinks() throws SQLException {
        try (Connection database = product.database().connect();
                PreparedStatement select = database.prepareStatement("""
                        SELECT CASE WHEN used_at IS NULL THEN 'open' ELSE 'used' END || ', '
                               || CASE WHEN sealed IS NULL THEN 'nothing' ELSE 'something' END || ' sealed'
                        FROM client_links WHERE connection_id = ?::uuid""")) {
            select.setString(1, connection);
            ResultSet rows = select.executeQuery();
            List<String> links = new ArrayList<>();
            while (rows.next()) {
                links.add(rows.getString(1));
            }
            return links;
        }
    }

    private void change(String sql) {
        try (Connection database = product.database().connect();
                PreparedStatement update = database.prepareStatement(sql)) {
            update.setString(1, connection);
            update.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> unzipped(byte[] bytes) throws IOException {
        Map<String, String> files = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        return files;
    }
}
