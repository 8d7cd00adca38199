package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The product on each of its servers, freshly installed by the scripts of {@code server-config}: one suite for all. */
class SmokeIT {

    /** By server, of those that have been looked at. */
    private static final Map<Product.Kind, Set<String>> FIGURES = new ConcurrentHashMap<>();

    @Nested
    class OnPayaraMicro extends Suite {
        OnPayaraMicro() {
            super(Product.Kind.PAYARA_MICRO);
        }
    }

    @Nested
    class OnPayaraServer extends Suite {
        OnPayaraServer() {
            super(Product.Kind.PAYARA);
        }
    }

    @Nested
    class OnWildFly extends Suite {
        OnWildFly() {
            super(Product.Kind.WILDFLY);
        }
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class Suite {

        private static final String DEVICES = "/api/user/devices";

        private final Product.Kind kind;

        /** What nobody in particular was told on the very first deployment, by endpoint. */
        private final Map<String, String> firstAnswers = new LinkedHashMap<>();

        private Product product;
        private Api admin;
        private String server;

        Suite(Product.Kind kind) {
            this.kind = kind;
        }

        @BeforeAll
        void installAndStart() {
            product = Product.start(kind, Map.of(), this::callEverythingWithoutToken);
            admin = product.admin();
            String node = admin.addNode("smoke", "simulated", null, "vpn.example.org");
            server = admin.addServer("smoke", "eu-central", 41_000, node).getString("id");
        }

        @AfterAll
        void stop() {
            if (product != null) {
                product.close();
            }
        }

        private void callEverythingWithoutToken(Product fresh) {
            for (AuthorisationMatrix.Row row : AuthorisationMatrix.rows()) {
                String path = "/api"
                        + row.path().replaceAll("\\{[^}]+}", UUID.randomUUID().toString());
                Api.Answer answer =
                        fresh.anonymous().send(row.method(), path, row.method().equals("POST") ? "{}" : null);
                firstAnswers.put(row.endpoint(), answer.status() < 400 ? "open" : answer.code());
            }
        }

        @Test
        void wasClosedToEverybodyOnItsFirstDeployment() {
            Map<String, String> closed = AuthorisationMatrix.rows().stream()
                    .filter(AuthorisationMatrix.Row::closed)
                    .collect(Collectors.toMap(AuthorisationMatrix.Row::endpoint, row -> "MISSING_TOKEN"));

            assertThat(closed).isNotEmpty();
            assertThat(firstAnswers).containsAllEntriesOf(closed);
            assertThat(firstAnswers).containsEntry("GET /auth/jwks", "open");
        }

        @Test
        void hasTheEndpointsOfTheMatrix() {
            assertThat(admin
                            .get("/api/admin/authz/endpoints")
                            .expect(200)
                            .data()
                            .getJsonArray("endpoints")
                            .getValuesAs(JsonObject.class)
                            .stream()
                            .map(endpoint -> endpoint.getString("method") + " " + endpoint.getString("path")))
                    .containsExactlyInAnyOrderElementsOf(AuthorisationMatrix.rows().stream()
                            .map(AuthorisationMatrix.Row::endpoint)
                            .toList());
            assertThat(product.member().get("/api/admin/nodes").expect(403).code())
                    .isEqualTo("NOT_PERMITTED");
        }

        @Test
        void makesADatabaseAndRemovesIt() throws SQLException {
            TestTenant tenant = TestTenant.create(product, product.member(), "Smoke");
            try (Connection owner = tenant.connect()) {
                TestTenant.run(owner, "CREATE TABLE signals AS SELECT 1 AS n");
                assertThat(TestTenant.first(owner, "SELECT n FROM signals")).isEqualTo("1");
            }

            tenant.destroy();

            Awaitility.await("retired")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> tenant.view().getString("state").equals("retired"));
            assertThatThrownBy(tenant::connect).isInstanceOf(SQLException.class);
        }

        @Test
        void tellsBrowsersWhatNotToDoAndNobodyWhichServerThisIs() {
            for (String path : new String[] {"/api/auth/me", "/api/nothing", "/health", "/nothing"}) {
                Map<String, List<String>> headers =
                        product.anonymous().get(path).headers().map();
                assertThat(headers)
                        .as(path)
                        .containsEntry("x-content-type-options", List.of("nosniff"))
                        .containsEntry("cache-control", List.of("no-store"))
                        .containsKeys("content-security-policy", "referrer-policy", "x-request-id")
                        .doesNotContainKeys("server", "x-powered-by");
            }
        }

        @Test
        void refusesHeadersThatAreTooMuch() throws IOException {
            RawHttp http = new RawHttp(product.url());
            String many = "X: 1\r\n".repeat(1_000);
            String begin = "GET /health HTTP/1.1\r\nHost: x\r\n";

            assertThat(http.answer(begin + many + "\r\n")).matches(RawHttp.REFUSED);
            assertThat(http.answer(begin + "X: " + "a".repeat(65_536) + "\r\n\r\n"))
                    .matches(RawHttp.REFUSED);
            assertThat(http.dribble("POST /api/auth/login HTTP/1.1\r\nHost: x\r\n"
                            + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"))
                    .startsWith("HTTP/1.1 408");
        }

        @Test
        void logsEachRequestInALineOfJson() {
            String id = "smoke-" + UUID.randomUUID();
            product.member()
                    .withHeader("X-Request-Id", id)
                    .get("/api/auth/me?token=secret")
                    .expect(200);

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> product.loggedText().contains(id));
            List<String> lines = product.loggedText()
                    .lines()
                    .filter(line -> line.contains(id))
                    .toList();
            assertThat(lines).hasSize(1);
            try (JsonReader reader = Json.createReader(new StringReader(lines.get(0)))) {
                JsonObject line = reader.readObject();
                assertThat(line.getString("requestId")).isEqualTo(id);
                assertThat(line.getString("address")).isEqualTo("127.0.0.1");
                assertThat(line.getString("path")).isEqualTo("/api/auth/me");
                assertThat(line.getInt("status")).isEqualTo(200);
                assertThat(line.keySet()).contains("userId", "ms", "method", "level", "timestamp");
            }
        }

        @Test
        void isHealthy() {
            for (String path : new String[] {"/health", "/health/live", "/health/ready"}) {
                JsonObject health = product.anonymous().get(path).expect(200).json();
                assertThat(health.getString("status")).isEqualTo("ok");
                assertThat(health.getString("service")).isEqualTo("vpn-enterprise");
                assertThat(health.getJsonArray("checks")).isNotEmpty();
            }
        }

        @Test
        void showsTheSameFiguresOnEveryServer() {
            hearsOfItsHosts();
            product.member().get(DEVICES + "?page=0").expect(400);
            connected(product.member());

            Set<String> names = admin.get("/metrics")
                    .expect(200)
                    .text()
                    .lines()
                    .filter(line -> line.startsWith("# TYPE "))
                    .map(line -> line.split(" ")[2])
                    .collect(Collectors.toCollection(TreeSet::new));

            assertThat(names)
                    .contains(
                            "vpn_errors_total", "vpn_connect_seconds", "vpn_node_batch_peers", "vpn_connections_total")
                    .contains("jvm_memory_used_bytes", "jvm_threads_current", "process_cpu_seconds_total");
            // A JVM's own come when it has something to say: one of them after its first collection of garbage.
            names.removeIf(name -> !name.startsWith("vpn_"));
            FIGURES.put(kind, names);
            assertThat(FIGURES.values()).containsOnly(names);
            product.anonymous().get("/metrics").expect(401);
        }

        @Test
        void hearsOfItsHosts() {
            Awaitility.await("samples by the connector's inbound side")
                    .atMost(Duration.ofSeconds(30))
                    .until(() ->
                            admin.get("/metrics").expect(200).text().contains("vpn_samples_total{outcome=\"taken\"}"));
        }

        @Test
        void describesItself() {
            JsonObject description =
                    product.anonymous().get("/openapi?format=json").expect(200).json();

            assertThat(description.getJsonObject("info").getString("title")).isEqualTo("VPN Enterprise");
            assertThat(description.getJsonObject("paths").keySet()).contains("/api/vpn/connect", "/api/auth/login");
        }

        @Test
        void auditsAndTellsOverASocketWhatHappened() {
            Api member = product.member();
            // As a page, whose handshake each server hands on in its own way.
            try (SocketClient socket =
                    SocketClient.open(product.url(), Product.ALLOWED_ORIGIN).auth(member.token())) {
                socket.await("ready");
                member.addDevice("audited");

                Awaitility.await("the event in " + socket)
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> socket.heard("event").toString().contains("device.added"));
                assertThat(member.get("/api/user/audit").expect(200).text()).contains("device.added");
                member.post("/api/auth/logout", "").expect(204);
                assertThat(socket.awaitClosed()).isEqualTo("4401 INVALID_TOKEN");
            }
            assertThat(admin.get("/api/admin/audit/verification")
                            .expect(200)
                            .data()
                            .getBoolean("whole"))
                    .isTrue();
            String run = admin.post("/api/admin/audit/verifications", "")
                    .expect(202)
                    .data()
                    .getString("id");
            Awaitility.await("the job that verifies the audit")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> admin.get("/api/admin/audit/verifications/" + run)
                            .expect(200)
                            .data()
                            .getString("state")
                            .equals("WHOLE"));
            assertThatThrownBy(() -> SocketClient.open(product.url(), "https://evil.example"))
                    .hasMessageContaining("no socket");
        }

        @Test
        void signsInAndOut() {
            String email = Api.newEmail();
            product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
            Api member = product.anonymous().signIn(email, Product.MEMBER_PASSWORD);

            assertThat(member.get("/api/auth/me").expect(200).data().getString("email"))
                    .isEqualTo(email);
            assertThat(product.anonymous()
                            .post("/api/auth/refresh", "{\"refreshToken\":\"" + member.refreshToken() + "\"}")
                            .expect(200)
                            .data()
                            .getString("tokenType"))
                    .isEqualTo("Bearer");
            member.post("/api/auth/logout", "").expect(204);
            assertThat(member.get("/api/auth/me").expect(401).code()).isEqualTo("INVALID_TOKEN");
        }

        /** What reads passkeys brings a JSON library whose relatives some servers have too. */
        @Test
        void signsInByAPasskey() {
            Api member = product.member();
            String passkeys = "/api/user/security/passkeys";
            try (Browser browser =
                    new Browser("http://localhost:" + product.url().getPort())) {
                JsonObject made = browser.create(
                        member.post(passkeys + "/options", "").expect(200).data());
                member.post(
                                passkeys,
                                Json.createObjectBuilder()
                                        .add("name", "laptop")
                                        .add("credential", made)
                                        .build())
                        .expect(201);
                JsonObject signed = browser.get(product.anonymous()
                        .post("/api/auth/passkey/options", "")
                        .expect(200)
                        .data());
                product.anonymous()
                        .post(
                                "/api/auth/passkey",
                                Json.createObjectBuilder()
                                        .add("assertion", signed)
                                        .build())
                        .expect(200);
            }
        }

        @Test
        void keepsABrowserSignedInByCookies() {
            String account = """
                    {"email":"%s","password":"%s","cookies":true}""".formatted(Api.newEmail(), Product.MEMBER_PASSWORD);
            Api.Answer signedUp =
                    product.anonymous().post("/api/auth/signup", account).expect(201);

            Api.Answer refreshed = withCookies(signedUp)
                    .send("POST", "/api/auth/refresh", null)
                    .expect(200);

            Api page = withCookies(refreshed);
            page.get("/api/user/sessions").expect(200);
            assertThat(page.delete("/api/user/sessions").expect(403).code()).isEqualTo("CSRF_TOKEN_INVALID");
            Api proved = page.withHeader("X-CSRF-Token", refreshed.data().getString("csrfToken"));
            proved.delete("/api/user/sessions").expect(200);
            assertThat(proved.post("/api/auth/logout", "").expect(204).headers().allValues("Set-Cookie"))
                    .hasSize(2);
            page.get("/api/auth/me").expect(401);
        }

        private Api withCookies(Api.Answer answer) {
            String cookies = answer.headers().allValues("Set-Cookie").stream()
                    .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
                    .distinct()
                    .collect(Collectors.joining("; "));
            return product.anonymous().withHeader("Cookie", cookies);
        }

        @Test
        void takesAMemberThroughAConnection() throws IOException {
            Api member = product.member();
            JsonObject device = member.addDevice("laptop");
            String deviceId = device.getJsonObject("device").getString("id");
            Api withTicket = member.withHeader("Key-Ticket", device.getString("ticket"));

            JsonObject connected = connect(member, device);
            String id = connected.getString("connectionId");

            assertThat(connected.getBoolean("simulated")).isTrue();
            assertThat(connected.getString("conf")).contains("PrivateKey = " + device.getString("privateKey"));
            Api.Answer conf =
                    withTicket.get("/api/vpn/connections/" + id + "/config").expect(200);
            assertThat(conf.header("Content-Type")).startsWith("text/plain");
            assertThat(conf.text()).isEqualTo(connected.getString("conf"));
            Api.Answer qr = withTicket.get("/api/vpn/connections/" + id + "/qr").expect(200);
            assertThat(qr.header("Content-Type")).isEqualTo("image/png");
            assertThat(ImageIO.read(new ByteArrayInputStream(qr.bytes()))).isNotNull();
            assertThat(member.get("/api/vpn/status").expect(200).data().getBoolean("connected"))
                    .isTrue();

            assertThat(member.post("/api/v1/vpn/disconnect", body("connectionId", id))
                            .expect(200)
                            .data()
                            .getBoolean("confirmed"))
                    .isTrue();
            JsonObject past =
                    member.get("/api/vpn/history?page=1&pageSize=5").expect(200).data();
            assertThat(past.getInt("total")).isEqualTo(1);
            assertThat(past.getJsonArray("items").getJsonObject(0).getString("endReason"))
                    .isEqualTo("disconnected");
            member.delete(DEVICES + "/" + deviceId).expect(204);
            assertThat(member.get(DEVICES + "/" + deviceId).expect(404).code()).isEqualTo("DEVICE_NOT_FOUND");
        }

        /** Each entity is written, read, listed and removed through the server's own JPA provider. */
        @Test
        void keepsWhatItIsGiven() {
            Api member = product.member();
            String key = "//////////////////////////////////////////8=";
            JsonObject added = member.post(
                            DEVICES,
                            Json.createObjectBuilder()
                                    .add("name", "Büro 💻")
                                    .add("publicKey", key)
                                    .build())
                    .expect(201)
                    .data()
                    .getJsonObject("device");

            JsonObject device = member.get(DEVICES + "/" + added.getString("id"))
                    .expect(200)
                    .data();
            assertThat(device.getString("name")).isEqualTo("Büro 💻");
            assertThat(device.getString("publicKey")).isEqualTo(key);
            assertThat(device.getString("createdAt")).matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+(Z|\\+00:00)");

            String node = admin.addNode("second", "simulated", null, "2001:db8::1");
            JsonObject made = admin.addServer("second", "us-east", 41_001, node);
            JsonObject shown = admin.get("/api/vpn/servers/" + made.getString("id"))
                    .expect(200)
                    .data();
            assertThat(shown.getString("endpoint")).isEqualTo("[2001:db8::1]:41001");
            assertThat(shown.getString("publicKey")).isEqualTo(made.getString("publicKey"));
            assertThat(admin.delete("/api/admin/nodes/" + node).expect(409).code())
                    .isEqualTo("NODE_IN_USE");
            admin.delete("/api/vpn/servers/" + made.getString("id")).expect(204);
            admin.delete("/api/admin/nodes/" + node).expect(204);
            assertThat(admin.get("/api/admin/nodes/" + node).expect(404).code()).isEqualTo("NODE_NOT_FOUND");
        }

        @Test
        void makesOneThingOfARepeatedRequest() {
            Api member = product.member().withHeader("Idempotency-Key", "once");

            Api.Answer first = member.post(DEVICES, body("name", "laptop")).expect(201);
            Api.Answer second = member.post(DEVICES, body("name", "laptop")).expect(201);

            assertThat(second.header("Idempotent-Replayed")).isEqualTo("true");
            assertThat(second.header("Location"))
                    .isEqualTo(first.header("Location"))
                    .startsWith(product.publicUrl());
            assertThat(second.data().keySet()).containsExactly("device");
            assertThat(member.get(DEVICES).data().getInt("total")).isEqualTo(1);
        }

        @ParameterizedTest(name = "{0} {1} -> {2} {3}")
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                POST /api/user/devices         | {"name":           | 400 | MALFORMED_JSON      |
                POST /api/user/devices         | {"name":"a"} x     | 400 | MALFORMED_JSON      |
                POST /api/user/devices         | {"x":[             | 400 | MALFORMED_JSON      |
                POST /api/user/devices         | []                 | 400 | MALFORMED_JSON      |
                POST /api/user/devices         |                    | 400 | MALFORMED_JSON      |
                POST /api/user/devices         | {"name":""}        | 400 | INVALID_DEVICE_NAME | name
                POST /api/vpn/connect          | {"deviceId":"7"}   | 400 | MALFORMED_JSON      |
                GET /api/user/devices?page=0   |                    | 400 | INVALID_PARAMETER   | page
                GET /api/v1/user/devices?page=abc |                 | 400 | INVALID_PARAMETER   | page
                GET /api/user/devices/7        |                    | 404 | NOT_FOUND           |
                GET /api/nothing               |                    | 404 | NOT_FOUND           |
                PUT /api/user/devices          | {}                 | 405 | METHOD_NOT_ALLOWED  |
                """)
        void refusesWithTheSameCodes(String request, String body, int status, String code, String field) {
            String method = request.substring(0, request.indexOf(' '));
            String content = method.equals("GET") ? null : body == null ? "" : body;

            Api.Answer answer = product.member().send(method, request.substring(method.length() + 1), content);

            assertThat(answer.status() + " " + answer.text()).startsWith(status + " {");
            assertThat(answer.code()).isEqualTo(code);
            assertThat(answer.json().getString("field", null)).isEqualTo(field);
            assertThat(answer.json().getString("requestId")).isEqualTo(answer.header("X-Request-Id"));
        }

        @Test
        void refusesAServersPortThatIsNoWholeNumber() {
            for (String port : new String[] {"41002.5", "4294980000", "1e999999999"}) {
                String newServer = "{\"name\":\"third\",\"region\":\"us-east\",\"port\":" + port + "}";

                assertThat(admin.post("/api/vpn/servers", newServer).expect(400).code())
                        .as(port)
                        .isEqualTo("MALFORMED_JSON");
            }
        }

        @Test
        void refusesALargeBody() {
            byte[] body = " ".repeat(2 << 20).getBytes(StandardCharsets.UTF_8);
            Api member = product.member();

            for (HttpRequest.BodyPublisher publisher : new HttpRequest.BodyPublisher[] {
                HttpRequest.BodyPublishers.ofByteArray(body),
                HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))
            }) {
                assertThat(member.send("POST", DEVICES, "application/json", publisher)
                                .expect(413)
                                .code())
                        .isEqualTo("BODY_TOO_LARGE");
            }
        }

        @Test
        void speaksOfMediaTypesAsHttpHasIt() {
            Api member = product.member();

            assertThat(member.withHeader("Accept", "text/html")
                            .get(DEVICES)
                            .expect(406)
                            .code())
                    .isEqualTo("NOT_ACCEPTABLE");
            assertThat(member.send("POST", DEVICES, "text/plain", HttpRequest.BodyPublishers.ofString("x"))
                            .expect(415)
                            .code())
                    .isEqualTo("UNSUPPORTED_MEDIA_TYPE");
            Api.Answer problem =
                    member.withHeader("Accept", "application/problem+json").get(DEVICES + "?page=0");
            assertThat(problem.expect(400).header("Content-Type")).startsWith("application/problem+json");
            assertThat(problem.json().getInt("status")).isEqualTo(400);
            member.withHeader("Accept", "application/problem+json").get(DEVICES).expect(200);
        }

        private JsonObject connected(Api member) {
            return connect(member, member.addDevice("phone"));
        }

        private JsonObject connect(Api member, JsonObject device) {
            return member.post(
                            "/api/vpn/connect",
                            Json.createObjectBuilder()
                                    .add(
                                            "deviceId",
                                            device.getJsonObject("device").getString("id"))
                                    .add("serverId", server)
                                    .add("ticket", device.getString("ticket"))
                                    .build())
                    .expect(200)
                    .data();
        }

        private static JsonObject body(String field, String value) {
            return Json.createObjectBuilder().add(field, value).build();
        }
    }
}
