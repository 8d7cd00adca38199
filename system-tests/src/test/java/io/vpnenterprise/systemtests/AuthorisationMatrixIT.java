package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.vpnenterprise.node.SshKeyPair;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.ParseException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who may call what. The endpoints are those of the running application; what each caller gets is written by hand in
 * {@code authorisation-matrix.txt}, so that neither a new endpoint nor a lost annotation goes unnoticed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AuthorisationMatrixIT {

    /** Of all names, so that the end finds what was made. */
    private static final String PREFIX = "matrix-";

    private static final int FIRST_PORT = 42_000;

    /** Unsafe methods that are no change worth an entry, and why. */
    private static final Map<String, String> NOT_AUDITED = Map.ofEntries(
            Map.entry("POST /auth/refresh", "every client does it every few minutes; a token used twice is audited"),
            Map.entry("POST /auth/passkey/options", "a question, without effect until it is answered"),
            Map.entry("POST /user/security/passkeys/options", "a question, without effect until it is answered"),
            Map.entry("POST /user/security/2fa/enable", "without effect until it is confirmed"),
            Map.entry("POST /auth/forgot-password", "audited; asked too often it does nothing, and nobody is told"),
            Map.entry("POST /auth/verify-email/send", "audited; for an address that is proved already it does nothing"),
            Map.entry("POST /admin/users/{id}/restore", "the account of the example was not suspended"),
            Map.entry("DELETE /admin/users/{id}/provider-role", "no provider manages the account of the example"),
            Map.entry("POST /admin/nodes/{id}/check", "asks a host and changes nothing"),
            Map.entry("POST /tenants/{id}/queries/{queryId}/next", "goes on with what is audited"),
            Map.entry("PUT /user/notifications/{id}/read", "what somebody has read is his own"),
            Map.entry("PUT /user/notifications/read-all", "what somebody has read is his own"),
            Map.entry("DELETE /user/notifications/{id}", "what it told of is audited"));

    /**
     * A call that changed something.
     *
     * @param token who must be the entry's actor; null where the endpoint is open
     */
    private record Change(String what, String token) {
        Optional<String> byToken() {
            try {
                return token == null
                        ? Optional.empty()
                        : Optional.of(SignedJWT.parse(token).getJWTClaimsSet().getSubject());
            } catch (ParseException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** By request id. */
    private final Map<String, Change> changes = new ConcurrentHashMap<>();

    private final Map<String, Api> lasting = new HashMap<>();

    /** One of each member that calls, for what changes nothing of it. */
    private final Map<Api, TestTenant> tenants = new HashMap<>();

    private final Product product = Product.shared();
    private final TokenForge forge = TokenForge.of(product);
    private final MailedLinks links = new MailedLinks(product);
    private Api operator;
    private List<KeyOwner> keyOwners;
    private String home;
    private int nextPort = FIRST_PORT;

    @BeforeAll
    void registerNode() {
        operator = product.anotherSuperAdmin();
        keyOwners = List.of(KeyOwner.of("member", "USER", product), KeyOwner.of("admin", "ADMIN", product));
        home = operator.addNode(newName(), "simulated", null, "192.0.2.1");
        operator.send("PUT", "/api/hosting/plans/free", "{\"tenantsPerUser\":10000}")
                .expect(200);
    }

    /** Others let the platform choose a server: it must not choose one of these. */
    @AfterAll
    void removeWhatWasMade() {
        removeMade("/api/vpn/servers");
        removeMade("/api/admin/nodes");
    }

    private void removeMade(String list) {
        List<JsonObject> made;
        do {
            // More than a page of them.
            made = items(list + "?pageSize=100").stream()
                    .filter(item -> item.getString("name").startsWith(PREFIX))
                    .toList();
            made.forEach(
                    item -> operator.delete(list + "/" + item.getString("id")).expect(204));
        } while (!made.isEmpty());
    }

    private List<JsonObject> items(String list) {
        return operator.get(list).expect(200).data().getJsonArray("items").getValuesAs(JsonObject.class);
    }

    @Test
    void hasARowForEveryEndpointOfTheRunningApplication() {
        List<String> endpoints = operator
                .get("/api/admin/authz/endpoints")
                .expect(200)
                .data()
                .getJsonArray("endpoints")
                .getValuesAs(JsonObject.class)
                .stream()
                .map(endpoint -> endpoint.getString("method") + " " + endpoint.getString("path") + " "
                        + endpoint.getString("scope"))
                .toList();

        assertThat(AuthorisationMatrix.rows())
                .extracting(row -> row.endpoint() + " " + row.scope())
                .containsExactlyInAnyOrderElementsOf(endpoints);
    }

    @ParameterizedTest
    @MethodSource("io.vpnenterprise.systemtests.AuthorisationMatrix#rows")
    void answersEachCallerAsWritten(AuthorisationMatrix.Row row) {
        String email = Api.newEmail();
        Api member = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        Map<String, Api> callers = Map.of(
                "no token",
                product.anonymous(),
                "expired token",
                product.anonymous().withToken(forge.expired(member.token())),
                "another",
                caller("another", row, product::member),
                "member",
                member,
                "admin",
                caller("admin", row, product::plainAdmin),
                "super admin",
                caller("super admin", row, product::admin));

        Map<String, String> answers = new LinkedHashMap<>();
        for (String caller : AuthorisationMatrix.CALLERS) {
            // Made anew for each call, before it: some calls remove what they name, one ends the session.
            String path = "/api" + AuthorisationMatrix.filledPath(row.path(), filled(row.id(), email, member));
            String body = row.body().isEmpty() ? null : filled(row.body(), email, member);
            String requestId = newName();
            Api.Answer answer =
                    callers.get(caller).withHeader("X-Request-Id", requestId).send(row.method(), path, body);
            answers.put(caller, told(answer));
            if (row.unsafe() && answer.status() < 300 && !NOT_AUDITED.containsKey(row.endpoint())) {
                changes.put(
                        requestId,
                        new Change(
                                caller + ": " + row,
                                row.closed() ? callers.get(caller).token() : null));
            }
        }

        assertThat(answers).isEqualTo(row.answers());
    }

    /** A new one for what changes his own account; else the last one, since each sign-in costs a hash. */
    private Api caller(String name, AuthorisationMatrix.Row row, Supplier<Api> signedIn) {
        if (row.path().startsWith("/user/") || row.path().startsWith("/auth/")) {
            return signedIn.get();
        }
        return lasting.computeIfAbsent(name, absent -> signedIn.get());
    }

    /** A key of the row's scope does what its owner does; any other key does nothing. */
    @ParameterizedTest
    @MethodSource("io.vpnenterprise.systemtests.AuthorisationMatrix#closedRows")
    void answersEachApiKeyAsItsScopesSay(AuthorisationMatrix.Row row) {
        Map<String, String> expected = new LinkedHashMap<>();
        Map<String, String> answers = new LinkedHashMap<>();
        for (KeyOwner owner : keyOwners) {
            String others = owner.caller() + "'s key without the scope";
            expected.put(others, "403 SCOPE_MISSING");
            answers.put(others, told(row, owner.keyWithout(row.scope())));
            if (!row.scope().isEmpty()) {
                String exact = owner.caller() + "'s key with the scope";
                expected.put(exact, row.answers().get(owner.caller()));
                answers.put(exact, told(row, owner.keyWith(row.scope())));
            }
        }

        assertThat(answers).isEqualTo(expected);
    }

    private String told(AuthorisationMatrix.Row row, Api caller) {
        Api member = keyOwners.get(0).session();
        // Without a scope the gate answers, whatever the path and the body name.
        boolean refused = row.scope().isEmpty();
        String id = refused ? UUID.randomUUID().toString() : filled(row.id(), "", member);
        String path = AuthorisationMatrix.filledPath(row.path(), id);
        String body = refused || row.body().isEmpty() ? null : filled(row.body(), "", member);
        return told(caller.send(row.method(), "/api" + path, body));
    }

    /** The member of the columns, or an admin, with a key for each scope alone, and one for all but that. */
    private record KeyOwner(String caller, Api session, Map<String, String> keys) {

        private static final List<String> SCOPES = List.of(
                "vpn:read",
                "vpn:write",
                "organisations:read",
                "organisations:write",
                "tenants:read",
                "tenants:write",
                "fleet:read",
                "fleet:write",
                "admin:read",
                "admin:write");

        /**
         * The keys of the member have all scopes too: those that he was given as an admin, who he is no more.
         *
         * @param role that the owner has in the end
         */
        static KeyOwner of(String caller, String role, Product product) {
            String email = Api.newEmail();
            Api session = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
            product.setRole(email, "ADMIN");
            Map<String, String> keys = new HashMap<>();
            for (String scope : SCOPES) {
                keys.put(scope, session.addKey(scope).getString("key"));
                keys.put("all but " + scope, session.addKey(allBut(scope)).getString("key"));
            }
            keys.put("all but ", session.addKey(allBut("")).getString("key"));
            product.setRole(email, role);
            return new KeyOwner(caller, session, keys);
        }

        private static String[] allBut(String scope) {
            return SCOPES.stream().filter(other -> !other.equals(scope)).toArray(String[]::new);
        }

        Api keyWith(String scope) {
            return session.withToken(keys.get(scope));
        }

        Api keyWithout(String scope) {
            return session.withToken(keys.get("all but " + scope));
        }
    }

    /** Whoever adds an endpoint that changes something, and forgets the event, hears of it here. */
    @Test
    @Order(Integer.MAX_VALUE)
    void leavesAnAuditEntryOfEveryChangeByItsCaller() {
        assertThat(changes).isNotEmpty();
        Set<String> missing = new TreeSet<>();
        await("the outbox is delivered").atMost(Duration.ofSeconds(30)).until(() -> {
            boolean delivered = delivered();
            Map<String, String> actors = actorsByRequest();
            missing.clear();
            changes.forEach((requestId, change) -> {
                String actor = actors.get(requestId);
                if (actor == null || !change.byToken().orElse(actor).equals(actor)) {
                    missing.add(change.what());
                }
            });
            return missing.isEmpty() || delivered;
        });

        assertThat(missing).as("changes without an audit entry of their caller").isEmpty();
    }

    private Map<String, String> actorsByRequest() {
        Map<String, String> actors = new HashMap<>();
        try (Connection connection = product.database().connect();
                Statement statement = connection.createStatement();
                ResultSet entries = statement.executeQuery("SELECT request_id, coalesce(actor_id::text, '')"
                        + " FROM audit_entries WHERE request_id LIKE '" + PREFIX + "%'")) {
            while (entries.next()) {
                actors.merge(entries.getString(1), entries.getString(2), (one, other) -> one.isEmpty() ? other : one);
            }
            return actors;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Nothing of ours is on its way any more. */
    private boolean delivered() {
        try (Connection connection = product.database().connect();
                Statement statement = connection.createStatement();
                ResultSet waiting = statement.executeQuery("SELECT 1 FROM outbox WHERE delivered_at IS NULL"
                        + " AND payload -> 'origin' ->> 'requestId' LIKE '" + PREFIX + "%'")) {
            return !waiting.next();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void showsEachMemberOnlyHisOwn() {
        Api member = product.member();
        String connection = madeConnection(member);

        Api other = product.member();

        assertThat(member.get("/api/vpn/status").data().toString()).contains(connection);
        for (String list : List.of("/api/user/devices", "/api/vpn/history")) {
            assertThat(member.get(list).data().getInt("total")).as(list).isEqualTo(1);
            assertThat(other.get(list).data().getInt("total")).as(list).isZero();
        }
        JsonArray connections = other.get("/api/vpn/status").data().getJsonArray("connections");
        assertThat(connections).isEmpty();
    }

    /** The control of the tests below: what they change is what is refused. */
    @Test
    void acceptsAnUnchangedTokenOfTheForge() {
        String token = forge.changed(product.member().token(), claims -> {});

        product.anonymous().withToken(token).get("/api/auth/me").expect(200);
    }

    Stream<Arguments> forgeries() throws JOSEException, ParseException {
        String token = product.member().token();
        JWTClaimsSet claims = SignedJWT.parse(token).getJWTClaimsSet();
        String sessionOfAnother =
                SignedJWT.parse(product.member().token()).getJWTClaimsSet().getStringClaim("sid");
        Api signedOut = product.member();
        signedOut.post("/api/auth/logout", "").expect(204);
        var ours = new RSAKeyGenerator(3_072).keyID(forge.keyId()).generate();
        var unknown = new RSAKeyGenerator(3_072).keyID("unknown").generate();
        int signatureFrom = token.lastIndexOf('.') + 1;
        return Stream.of(
                Arguments.of("signed by another key under our key's name", TokenForge.signed(token, same -> {}, ours)),
                Arguments.of("signed by a key nobody knows", TokenForge.signed(token, same -> {}, unknown)),
                Arguments.of("not signed", new PlainJWT(claims).serialize()),
                Arguments.of("without its signature", token.substring(0, signatureFrom)),
                Arguments.of("of another issuer", forge.changed(token, all -> all.issuer("https://evil.example"))),
                Arguments.of("of an earlier epoch", forge.changed(token, all -> all.claim("epoch", -1))),
                Arguments.of("without an epoch", forge.changed(token, all -> all.claim("epoch", null))),
                Arguments.of("without an end", forge.changed(token, all -> all.expirationTime(null))),
                Arguments.of("of nobody", forge.changed(token, all -> all.subject(null))),
                Arguments.of("of another's session", forge.changed(token, all -> all.claim("sid", sessionOfAnother))),
                Arguments.of(
                        "of no session",
                        forge.changed(
                                token, all -> all.claim("sid", UUID.randomUUID().toString()))),
                Arguments.of("of an ended session", signedOut.token()),
                Arguments.of("that is none", "nonsense"),
                Arguments.of("that is empty", ""),
                Arguments.of("that is long", "x".repeat(5_000)));
    }

    @ParameterizedTest(name = "a token {0}")
    @MethodSource("forgeries")
    void refusesATokenThatDoesNotHold(String name, String token) {
        Api.Answer answer = product.anonymous().withToken(token).get("/api/auth/me");

        assertThat(told(answer)).isEqualTo("401 INVALID_TOKEN");
        assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
    }

    @Test
    void takesRolesFromTheDatabaseAndNotFromTheToken() {
        String token = forge.changed(product.member().token(), claims -> claims.claim("groups", List.of("admin")));

        assertThat(told(product.anonymous().withToken(token).get("/api/admin/nodes")))
                .isEqualTo("403 NOT_PERMITTED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic YWRtaW46YWRtaW4=", "Bearer", "bearer", "Token x"})
    void refusesAnotherSchemeThanBearer(String header) {
        Api.Answer answer =
                product.anonymous().withHeader("Authorization", header).get("/api/auth/me");

        assertThat(told(answer)).isEqualTo("401 INVALID_TOKEN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD", "TRACE", "PATCH"})
    void opensNothingByAnotherMethod(String method) {
        for (String path : List.of("/api/admin/nodes", "/api/user/devices")) {
            Api.Answer answer = product.anonymous().send(method, path, null);

            assertThat(answer.status()).as(method + " " + path).isIn(401, 405);
        }
    }

    @Test
    void tellsNobodyByOptionsWhichAddressesThereAre() {
        for (String path : List.of("/api/admin/nodes", "/api/nothing")) {
            Api.Answer answer = product.anonymous().send("OPTIONS", path, null).expect(204);

            assertThat(answer.header("Allow")).as(path).isNull();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            # path                         | no token | member | admin
            /health                        | 200      | 200    | 200
            /health/live                   | 200      | 200    | 200
            /health/ready                  | 200      | 200    | 200
            /metrics                       | 401      | 401    | 200
            /openapi                       | 200      | 200    | 200
            /api/application.wadl          | 404      | 404    | 404
            """)
    void opensBesideTheApiOnlyWhatIsWritten(String path, int noToken, int member, int admin) {
        assertThat(product.anonymous().get(path).status()).isEqualTo(noToken);
        assertThat(product.member().get(path).status()).isEqualTo(member);
        assertThat(operator.get(path).status()).isEqualTo(admin);
    }

    private static String told(Api.Answer answer) {
        return answer.status() < 400 ? String.valueOf(answer.status()) : answer.status() + " " + answer.code();
    }

    private String filled(String template, String email, Api member) {
        String text = template.replace("<email>", Api.newEmail())
                .replace("<member>", email)
                .replace("<password>", Product.MEMBER_PASSWORD)
                .replace("<name>", newName())
                .replace("<tomorrow>", OffsetDateTime.now().plusDays(1).toString())
                .replace("<nothing>", UUID.randomUUID().toString())
                .replace("<home>", home);
        text = text.contains("<session>") ? text.replace("<session>", madeSession(email)) : text;
        text = text.contains("<port>") ? text.replace("<port>", String.valueOf(nextPort++)) : text;
        text = text.contains("<server>") ? text.replace("<server>", madeServer()) : text;
        text = text.contains("<draining server>") ? text.replace("<draining server>", madeDrainingServer()) : text;
        text = text.contains("<hostKey>")
                ? text.replace("<hostKey>", SshKeyPair.generate().publicKey().text())
                : text;
        text = text.contains("<sshNode>") ? text.replace("<sshNode>", madeSshNode()) : text;
        text = text.contains("<node>") ? text.replace("<node>", madeNode()) : text;
        if (text.contains("<organisation>")) {
            String organisation = madeOrganisation(member);
            text = text.replace("<organisation>", organisation);
            text = text.contains("<fellow>") ? text.replace("<fellow>", madeFellow(organisation)) : text;
            text = text.contains("<invitation>") ? text.replace("<invitation>", invited(member, organisation)) : text;
        }
        text = text.contains("<invitationToken>")
                ? text.replace("<invitationToken>", madeInvitationToken(member))
                : text;
        text = text.contains("<key>") ? text.replace("<key>", madeKey(member)) : text;
        text = text.contains("<users session>") ? text.replace("<users session>", madeUsersSession()) : text;
        text = text.contains("<user>") ? text.replace("<user>", idOf(product.member())) : text;
        text = text.contains("<device>") ? text.replace("<device>", madeDevice(member)) : text;
        text = text.contains("<mail>") ? text.replace("<mail>", madeMail()) : text;
        text = text.contains("<notification>") ? text.replace("<notification>", madeNotification(member)) : text;
        text = text.contains("<subscription>") ? text.replace("<subscription>", madeSubscription(member)) : text;
        text = text.contains("<webhook>") ? text.replace("<webhook>", madeWebhook(member, "/api/webhooks")) : text;
        text = text.contains("<platform webhook>")
                ? text.replace("<platform webhook>", madeWebhook(operator, "/api/admin/webhooks"))
                : text;
        text = text.contains("<delivery>") ? text.replace("<delivery>", madeDelivery(member, "/api/webhooks")) : text;
        text = text.contains("<platform delivery>")
                ? text.replace("<platform delivery>", madeDelivery(operator, "/api/admin/webhooks"))
                : text;
        text = text.contains("<rule>") ? text.replace("<rule>", madeRule(member)) : text;
        text = text.contains("<link>") ? text.replace("<link>", madeLink(member)) : text;
        text = text.contains("<linkToken>") ? text.replace("<linkToken>", madeLinkToken()) : text;
        text = text.contains("<connection>") ? text.replace("<connection>", madeConnection(member)) : text;
        if (text.contains("<colleague>") || text.contains("<tenant invitation>")) {
            TestTenant tenant = tenants.computeIfAbsent(member, this::madeTenant);
            text = text.contains("<colleague>") ? text.replace("<colleague>", madeColleague(tenant)) : text;
            text = text.replace("<tenant invitation>", invitedToTenant(tenant, Api.newEmail()));
        }
        text = text.contains("<tenantInvitationToken>")
                ? text.replace("<tenantInvitationToken>", madeTenantInvitationToken(member))
                : text;
        text = text.contains("<tenant>") ? withTenant(text, tenants.computeIfAbsent(member, this::madeTenant)) : text;
        text = text.contains("<saved query>") ? text.replace("<saved query>", madeSavedQuery(member)) : text;
        text = text.contains("<fresh tenant>")
                ? text.replace("<fresh tenant>", madeTenant(member).id())
                : text;
        text = text.contains("<suspended tenant>")
                ? text.replace("<suspended tenant>", madeSuspendedTenant(member))
                : text;
        text = text.contains("<verifyToken>") ? text.replace("<verifyToken>", madeVerifyToken()) : text;
        text = text.contains("<resetToken>") ? text.replace("<resetToken>", madeResetToken()) : text;
        text = text.contains("<secondFactor>") ? withSecondFactor(text) : text;
        return text.contains("<refreshToken>")
                ? text.replace(
                        "<refreshToken>",
                        product.anonymous()
                                .signIn(email, Product.MEMBER_PASSWORD)
                                .refreshToken())
                : text;
    }

    private TestTenant madeTenant(Api member) {
        product.verify(idOf(member));
        return TestTenant.create(product, member, newName());
    }

    private String madeColleague(TestTenant tenant) {
        String colleague = idOf(product.member());
        product.addToTenant(tenant.id(), colleague, "editor");
        return colleague;
    }

    private static String invitedToTenant(TestTenant tenant, String email) {
        return tenant.owner()
                .post(tenant.path() + "/invitations", """
                        {"email":"%s","role":"editor"}""".formatted(email))
                .expect(201)
                .data()
                .getString("id");
    }

    /** Of an invitation for the member's address, to somebody else's tenant. */
    private String madeTenantInvitationToken(Api member) {
        String email = member.get("/api/auth/me").expect(200).data().getString("email");
        forgetMailsTo(email);
        return new MailedLinks(product).invitationToken(invitedToTenant(madeTenant(product.member()), email));
    }

    private static String withTenant(String text, TestTenant tenant) {
        return text.replace("<tenant>", tenant.id())
                .replace("<tenant job>", tenant.created().getString("jobId"));
    }

    private String madeSavedQuery(Api member) {
        return member.post(
                        tenants.get(member).path() + "/saved-queries",
                        "{\"name\":\"%s\",\"sql\":\"SELECT 1\"}".formatted(newName()))
                .expect(201)
                .data()
                .getString("id");
    }

    private String madeSuspendedTenant(Api member) {
        TestTenant tenant = madeTenant(member);
        tenant.ask("suspend");
        return tenant.id();
    }

    private String madeVerifyToken() {
        String email = Api.newEmail();
        product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        return links.token(email, "VERIFY_EMAIL");
    }

    private String madeResetToken() {
        String email = Api.newEmail();
        product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        product.anonymous()
                .post("/api/auth/forgot-password", "{\"email\":\"%s\"}".formatted(email))
                .expect(202);
        return links.token(email, "RESET_PASSWORD");
    }

    /** Of a member who has given his password. */
    private String withSecondFactor(String text) {
        SecuredMember secured = SecuredMember.signUp(product);
        return text.replace("<secondFactor>", secured.challenge())
                .replace("<recoveryCode>", secured.recoveryCodes().get(0));
    }

    /** Beside the one that calls. */
    private String madeSession(String email) {
        return product.anonymous().signIn(email, Product.MEMBER_PASSWORD).sessionId();
    }

    private static String newName() {
        return PREFIX + UUID.randomUUID();
    }

    /** Nobody is there. */
    private String madeSshNode() {
        return operator.post("/api/admin/nodes", """
                        {"name":"%s","transport":"ssh","endpointHost":"vpn.example.org","sshHost":"127.0.0.1","sshPort":1,
                         "hostKey":"%s"}""".formatted(
                                newName(), SshKeyPair.generate().publicKey().text()))
                .expect(201)
                .data()
                .getString("id");
    }

    private String madeServer() {
        return operator.addServer(newName(), "eu-central", nextPort++, home).getString("id");
    }

    /** With somebody on it, so that the drain is not over. */
    private String madeDrainingServer() {
        String server = madeServer();
        MemberDevice.add(product.member(), "laptop").connect(server).expect(200);
        operator.post("/api/vpn/servers/" + server + "/drain", "{}").expect(202);
        return server;
    }

    private String madeNode() {
        return operator.addNode(newName(), "simulated", null, "vpn.example.org");
    }

    /** The member owns it, and may invite. */
    private String madeOrganisation(Api member) {
        product.verify(idOf(member));
        return operator.post("/api/admin/organizations", """
                        {"name":"%s","ownerId":"%s","maxUsers":100,"maxDevicesPerUser":1000}""".formatted(newName(), idOf(member)))
                .expect(201)
                .data()
                .getString("id");
    }

    private String madeFellow(String organisation) {
        String fellow = idOf(product.member());
        product.addToOrganisation(organisation, fellow, "member");
        return fellow;
    }

    private static String invited(Api owner, String organisation) {
        return invited(owner, organisation, Api.newEmail());
    }

    private static String invited(Api owner, String organisation, String email) {
        return owner.post("/api/organizations/" + organisation + "/invitations", """
                        {"email":"%s","role":"member"}""".formatted(email))
                .expect(201)
                .data()
                .getString("id");
    }

    /** Of an invitation for the member's address, to somebody else's organisation. */
    private String madeInvitationToken(Api member) {
        Api owner = product.member();
        String email = member.get("/api/auth/me").expect(200).data().getString("email");
        forgetMailsTo(email);
        return new MailedLinks(product).invitationToken(invited(owner, madeOrganisation(owner), email));
    }

    /** One invitation for each caller would be too many within the hour. */
    private void forgetMailsTo(String email) {
        try (Connection connection = product.database().connect();
                PreparedStatement delete =
                        connection.prepareStatement("DELETE FROM credential_tries WHERE subject = ?")) {
            delete.setBytes(1, GuessingIT.subject("MAILED_LINK", email));
            delete.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String madeKey(Api member) {
        return member.addKey("vpn:read").getJsonObject("apiKey").getString("id");
    }

    /** A new user's id, and that of his session. */
    private String madeUsersSession() {
        Api user = product.member();
        String session = user.get("/api/user/sessions")
                .expect(200)
                .data()
                .getJsonArray("items")
                .getJsonObject(0)
                .getString("id");
        return idOf(user) + " " + session;
    }

    private static String idOf(Api member) {
        return member.get("/api/auth/me").expect(200).data().getString("id");
    }

    private static String madeDevice(Api member) {
        return member.addDevice(newName()).getJsonObject("device").getString("id");
    }

    private String madeNotification(Api member) {
        String id = UUID.randomUUID().toString();
        try (Connection connection = product.database().connect();
                PreparedStatement insert = connection.prepareStatement("""
                        INSERT INTO notifications (id, user_id, event_id, category, level, action, title, body, created_at)
                        VALUES (?::uuid, ?::uuid, ?::uuid, 'system', 'info', 'test', 'Test', 'Test', now())""")) {
            insert.setString(1, id);
            insert.setString(2, idOf(member));
            insert.setString(3, id);
            insert.executeUpdate();
            return id;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String madeSubscription(Api member) {
        return member.post("/api/user/push-subscriptions", PushBrowser.SUBSCRIPTION.formatted(UUID.randomUUID()))
                .expect(201)
                .data()
                .getString("id");
    }

    /** Nobody listens there, and there is seldom something to hear. */
    private static String madeWebhook(Api owner, String list) {
        return owner.post(list, "{\"url\":\"http://127.0.0.1:9/hook\",\"events\":[\"organisation.deleted\"]}")
                .expect(201)
                .data()
                .getJsonObject("webhook")
                .getString("id");
    }

    /** A webhook's id and that of a delivery of it that is over. */
    private String madeDelivery(Api owner, String list) {
        String webhook = madeWebhook(owner, list);
        owner.post(list + "/" + webhook + "/test", "").expect(202);
        try (Connection connection = product.database().connect();
                PreparedStatement end = connection.prepareStatement("""
                        UPDATE deliveries SET state = 'FAILED', claim = NULL, finished_at = now()
                        WHERE destination = ? RETURNING id""")) {
            end.setString(1, webhook);
            try (ResultSet row = end.executeQuery()) {
                row.next();
                return webhook + " " + row.getString(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Held, since the product of these tests has no mail server. */
    private String madeMail() {
        return operator.post("/api/admin/mails/test", "{\"to\":\"%s\"}".formatted(Api.newEmail()))
                .expect(202)
                .data()
                .getString("id");
    }

    private String madeConnection(Api member) {
        String connect = """
                {"deviceId":"%s","serverId":"%s"}""".formatted(madeDevice(member), madeServer());
        return member.post("/api/vpn/connect", connect).expect(200).data().getString("connectionId");
    }

    private static String madeRule(Api member) {
        return member.post("/api/vpn/split-tunnel-rules", "{\"value\":\"192.0.2.0/24\",\"action\":\"exclude\"}")
                .expect(201)
                .data()
                .getString("id");
    }

    /** With its connection's id, as the path has them. */
    private String madeLink(Api member) {
        String connection = madeConnection(member);
        return connection + " "
                + linkTo(member, connection).getJsonObject("link").getString("id");
    }

    private String madeLinkToken() {
        Api member = product.member();
        String url = linkTo(member, madeConnection(member)).getString("url");
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private static JsonObject linkTo(Api member, String connection) {
        return member.post("/api/vpn/connections/" + connection + "/links", "{}")
                .expect(201)
                .data();
    }
}
