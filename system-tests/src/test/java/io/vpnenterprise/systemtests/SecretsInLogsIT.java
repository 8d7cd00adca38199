package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Secrets go through every endpoint, in well-formed, malformed and refused requests, in bodies, headers, cookies and
 * addresses, with the product's log at its loudest; none may be in any log of any process afterwards.
 */
class SecretsInLogsIT {

    private static final String LAST = "the-last-request-" + UUID.randomUUID();

    private static Product product;

    /** What must not be found, by what it is. */
    private final Map<String, String> secrets = new TreeMap<>();

    @BeforeAll
    static void start() {
        product = Product.shared();
    }

    @Test
    void noLogHasASecretInIt() {
        plantSettings();
        plantWhatTheProductMakes();
        plantInEveryRequest();
        product.anonymous()
                .withHeader("X-Request-Id", LAST)
                .get("/api/auth/jwks")
                .expect(200);
        await("the last request's line").atMost(Duration.ofSeconds(20)).until(() -> logs().values().stream()
                .anyMatch(log -> log.contains(LAST)));

        Map<String, String> logs = logs();
        assertThat(logs).allSatisfy((name, log) -> assertThat(log).isNotEmpty());
        secrets.forEach((what, secret) -> logs.forEach((name, log) ->
                assertThat(linesWith(secret, log)).as("%s in %s", what, name).isEmpty()));
    }

    private void plantSettings() {
        secrets.put("master key", Product.MASTER_KEY);
        secrets.put("admin's password", Product.ADMIN_PASSWORD);
        secrets.put("members' password", Product.MEMBER_PASSWORD);
        secrets.put("database's password", product.database().password());
    }

    private void plantWhatTheProductMakes() {
        String email = Api.newEmail();
        Api first = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        Api member = product.anonymous().signIn(email, Product.MEMBER_PASSWORD);
        secrets.put("access token", signature(member.token()));
        secrets.put("refresh token", member.refreshToken());
        secrets.put("refresh token used twice", first.refreshToken());
        String refresh = "{\"refreshToken\":\"" + first.refreshToken() + "\"}";
        secrets.put(
                "new refresh token",
                product.anonymous()
                        .post("/api/auth/refresh", refresh)
                        .expect(200)
                        .data()
                        .getString("refreshToken"));
        product.anonymous().post("/api/auth/refresh", refresh);
        JsonObject device = member.addDevice("laptop");
        secrets.put("private key", device.getString("privateKey"));
        secrets.put("ticket", device.getString("ticket"));
        plantPresharedKeys(member, device.getJsonObject("device").getString("id"));
        JsonObject rekeyed = member.send(
                        "PUT",
                        "/api/vpn/devices/" + device.getJsonObject("device").getString("id") + "/key",
                        "{}")
                .expect(200)
                .data();
        secrets.put("new private key", rekeyed.getString("privateKey"));
        secrets.put("new ticket", rekeyed.getString("ticket"));
        member.withHeader("Key-Ticket", device.getString("ticket"))
                .get("/api/vpn/connections/" + UUID.randomUUID() + "/config");
    }

    private void plantPresharedKeys(Api member, String device) {
        Api admin = product.admin();
        String node = admin.addNode("secrets " + UUID.randomUUID(), "simulated", null, "192.0.2.1");
        String server = admin.addServer("secrets " + UUID.randomUUID(), "eu-central", 51_820, node)
                .getString("id");
        String connect = "{\"deviceId\":\"" + device + "\",\"serverId\":\"" + server + "\"}";
        JsonObject connected =
                member.post("/api/vpn/connect", connect).expect(200).data();
        secrets.put("preshared key", connected.getString("presharedKey"));
        String rotate = "/api/vpn/connections/" + connected.getString("connectionId") + "/rotate";
        secrets.put(
                "new preshared key", member.post(rotate, "").expect(200).data().getString("presharedKey"));
        admin.delete("/api/vpn/servers/" + server).expect(204);
        admin.delete("/api/admin/nodes/" + node).expect(204);
    }

    /** As nobody, as a member, as an admin: each endpoint, with one secret in all places that a client can write to. */
    private void plantInEveryRequest() {
        String secret = canary("secret of a request");
        String forged = canary("forged token");
        Api member = product.member();
        Api admin = product.plainAdmin();
        for (JsonObject endpoint : product.admin()
                .get("/api/admin/authz/endpoints")
                .expect(200)
                .data()
                .getJsonArray("endpoints")
                .getValuesAs(JsonObject.class)) {
            String method = endpoint.getString("method");
            String path = "/api"
                    + endpoint.getString("path")
                            .replaceAll("\\{[^}]+}", UUID.randomUUID().toString())
                    + "?token=" + secret + "&password=" + secret + "&email=" + secret;
            String body = """
                    {"email":"not-secret@example.org","password":"%1$s","refreshToken":"%1$s","token":"%1$s","code":"%1$s",
                     "privateKey":"%1$s","currentPassword":"%1$s","newPassword":"%1$s","secret":"%1$s","name":"x"}""".formatted(secret);
            for (Api caller : List.of(product.anonymous(), product.anonymous().withToken(forged), member, admin)) {
                Api marked = caller.withHeader("Cookie", "__Host-access=" + secret + "; __Host-refresh=" + secret)
                        .withHeader("X-CSRF-Token", secret)
                        .withHeader("Key-Ticket", secret)
                        .withHeader("Referer", "https://example.org/?token=" + secret)
                        .withHeader("User-Agent", secret)
                        .withHeader("X-Secret", secret);
                if (method.equals("GET")) {
                    marked.get(path);
                } else {
                    marked.send(method, path, body);
                    marked.send(method, path, body.substring(0, body.length() - 30));
                    marked.send(method, path, "\"" + secret + "\"");
                }
            }
        }
        String link = "/api/vpn/links/" + canary("download link's token");
        product.anonymous().get(link);
        product.anonymous().send("POST", link, null);
        Api nobody = product.anonymous().withHeader("Authorization", "Basic " + secret);
        nobody.get("/api/auth/me?" + secret);
        nobody.get("/metrics?token=" + secret);
        nobody.get("/health?token=" + secret);
        nobody.get("/nothing?token=" + secret);
    }

    private String canary(String what) {
        String canary = "canary" + UUID.randomUUID().toString().replace("-", "");
        secrets.put(what, canary);
        return canary;
    }

    /** The part of a token that nobody can make; the rest names the account. */
    private static String signature(String token) {
        return token.substring(token.lastIndexOf('.') + 1);
    }

    private static List<String> linesWith(String secret, String log) {
        return log.lines().filter(line -> line.contains(secret)).limit(3).toList();
    }

    private static Map<String, String> logs() {
        return Map.of("the server's log", product.loggedText(), "PostgreSQL's log", product.databaseLoggedText());
    }
}
