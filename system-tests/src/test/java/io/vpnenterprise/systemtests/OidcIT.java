package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import jakarta.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.text.ParseException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sign-in by OpenID Connect, with good, evil and broken providers, as a browser and as a program. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OidcIT {

    private static final String COOKIE = "__Host-oidc";
    private static final String START = "/api/auth/oidc/corp/start";

    private final Product product = Product.shared();
    private SmallProvider provider;

    @BeforeAll
    void startProvider() {
        provider = new SmallProvider();
    }

    @AfterAll
    void stopProvider() {
        provider.close();
    }

    @BeforeEach
    void mendProvider() {
        provider.person = SmallProvider.Person.withGroups();
        provider.evil = null;
        provider.broken = null;
    }

    @Test
    void listsTheProviders() {
        JsonObject page = product.anonymous().get("/api/auth/oidc").expect(200).data();

        assertThat(page.getJsonArray("items").getValuesAs(JsonObject.class))
                .extracting(each -> each.getString("id") + " " + each.getString("name"))
                .containsExactly("corp The Corporation", "partner partner", "closed closed");
    }

    @Test
    void signsABrowserInWithCookiesAndNoTokenInAnyAddress() {
        SmallProvider.Person person = provider.person = SmallProvider.Person.withGroups();

        Api.Answer answer = browser().goes("corp", "/devices?tab=1#top").expect(303);

        assertThat(answer.header("Location")).endsWith("/devices?tab=1#top").startsWith("http://localhost:");
        List<String> cookies = answer.headers().allValues("Set-Cookie");
        assertThat(cookies).allMatch(cookie -> cookie.contains("HttpOnly") && cookie.contains("Secure"));
        String access = cookies.stream()
                .filter(cookie -> cookie.startsWith("__Host-access="))
                .findFirst()
                .orElseThrow()
                .split(";")[0];
        JsonObject me = product.anonymous()
                .withHeader("Cookie", access)
                .get("/api/auth/me")
                .expect(200)
                .data();
        assertThat(me.getString("email")).isEqualTo(person.email());
        assertThat(me.getString("role")).isEqualTo("user");
    }

    @Test
    void givesAProgramItsTokensInTheBody() {
        provider.person = SmallProvider.Person.withGroups();

        JsonObject answer = program().goes("corp", "/").expect(200).data();

        assertThat(answer.getString("deviceToken")).isNotBlank();
        product.anonymous()
                .withToken(answer.getString("accessToken"))
                .get("/api/auth/me")
                .expect(200);
    }

    @Test
    void knowsAPersonAgainWhateverHisAddressIsNow() {
        provider.person = SmallProvider.Person.withGroups();
        UUID first = userId(signedIn("corp"));
        provider.person = new SmallProvider.Person(provider.person.subject(), Api.newEmail(), false, List.of());

        assertThat(userId(signedIn("corp"))).isEqualTo(first);
    }

    @Test
    void givesAndTakesTheRoleThatTheGroupsSay() {
        provider.person = SmallProvider.Person.withGroups("staff", "net ops");
        Api admin = signedIn("corp");
        assertThat(role(admin)).isEqualTo("admin");
        admin.get("/api/admin/authz").expect(204);

        regroup("staff");
        Api member = signedIn("corp");

        assertThat(role(member)).isEqualTo("user");
        member.get("/api/admin/authz").expect(403);
        // Tokens of before the change are over.
        admin.get("/api/auth/me").expect(401);

        regroup("owners", "ops");
        assertThat(role(signedIn("corp"))).isEqualTo("super_admin");
        regroup();
        assertThat(role(signedIn("corp"))).isEqualTo("user");
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPS", "ops2", "opsops", "net", " ops,owners"})
    void comparesGroupsAsAWhole(String group) {
        provider.person = SmallProvider.Person.withGroups(group);

        assertThat(role(signedIn("corp"))).isEqualTo("user");
    }

    @Test
    void countsARoleOfTheGroupsOnlyInSessionsThatTheProviderOpened() {
        SmallProvider.Person person = provider.person = SmallProvider.Person.withGroups("ops");
        signedIn("corp").get("/api/admin/authz").expect(204);
        String other = Api.newEmail();
        product.anonymous().signUp(other, Product.MEMBER_PASSWORD);
        sql(
                "UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE email = ?) WHERE email = ?",
                other,
                person.email());

        Api byPassword = product.anonymous().signIn(person.email(), Product.MEMBER_PASSWORD);

        byPassword.get("/api/admin/authz").expect(403);
        assertThat(role(byPassword)).isEqualTo("user");
        assertThat(groups(byPassword.token())).containsExactly("user");
        JsonObject refreshed = product.anonymous()
                .post("/api/auth/refresh", "{\"refreshToken\":\"" + byPassword.refreshToken() + "\"}")
                .expect(200)
                .data();
        assertThat(refreshed.getJsonObject("user").getString("role")).isEqualTo("user");
        assertThat(groups(refreshed.getString("accessToken"))).containsExactly("user");
    }

    @Test
    void letsASuperAdminTakeAnAccountFromItsProvider() {
        provider.person = SmallProvider.Person.withGroups("ops");
        Api managed = signedIn("corp");
        String user = "/api/admin/users/" + userId(managed);
        Api root = product.admin();
        String toAdmin = "{\"role\":\"admin\"}";

        assertThat(root.send("PATCH", user + "/role", toAdmin).expect(409).code())
                .isEqualTo("IDENTITY_MANAGES_ACCOUNT");
        product.plainAdmin().delete(user + "/provider-role").expect(403);
        root.delete(user + "/provider-role").expect(204);

        managed.get("/api/auth/me").expect(401);
        assertThat(role(signedIn("corp"))).as("whatever the groups say").isEqualTo("user");
        root.send("PATCH", user + "/role", toAdmin).expect(200);
        assertThat(role(signedIn("corp"))).isEqualTo("admin");
    }

    @Test
    void leavesRolesAloneWithoutGroups() {
        provider.person = SmallProvider.Person.withGroups("ops", "owners");

        assertThat(role(signedIn("partner"))).isEqualTo("user");
    }

    // What a provider may not say

    @ParameterizedTest
    @EnumSource(SmallProvider.Evil.class)
    void believesNoEvilProvider(SmallProvider.Evil evil) {
        SmallProvider.Person person = provider.person = SmallProvider.Person.withGroups("owners");
        provider.evil = evil;

        Api.Answer answer = program().goes("corp", "/").expect(401);

        assertThat(answer.code()).isEqualTo("PROVIDER_TOKEN_INVALID");
        assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
        assertThat(count("SELECT count(*) FROM users WHERE email = ?", person.email()))
                .isZero();
    }

    @Test
    void followsAKeyThatRotated() {
        provider.person = SmallProvider.Person.withGroups();
        signedIn("partner");

        provider.rotateKey();

        signedIn("partner");
    }

    @ParameterizedTest
    @CsvSource({
        "ANSWERS_500, 503, PROVIDER_UNAVAILABLE",
        "ANSWERS_A_MEGABYTE, 503, PROVIDER_UNAVAILABLE",
        "DOES_NOT_ANSWER, 503, PROVIDER_UNAVAILABLE",
        "ANSWERS_NO_JSON, 502, PROVIDER_ANSWER_INVALID",
        "DOES_NOT_KNOW_US, 502, PROVIDER_ANSWER_INVALID"
    })
    void saysThatTheProviderIsToBlame(SmallProvider.Broken broken, int status, String code) {
        provider.broken = broken;

        assertThat(program().goes("corp", "/").expect(status).code()).isEqualTo(code);
    }

    // Whose sign-in it is

    @Test
    void completesASignInOnlyInTheBrowserThatBeganIt() {
        Journey owner = program().begins("corp", "/");
        Journey other = program().begins("corp", "/");

        for (String foreign : new String[] {null, other.cookie, "x"}) {
            assertThat(owner.withCookie(foreign)
                            .returns(owner.callback())
                            .expect(400)
                            .code())
                    .isEqualTo("EXTERNAL_SIGN_IN_INVALID");
        }
        // An attempt of others has not used it up.
        owner.returns(owner.callback()).expect(200);
    }

    @Test
    void completesASignInOnce() {
        Journey journey = program().begins("corp", "/");
        String callback = journey.callback();

        journey.returns(callback).expect(200);

        assertThat(journey.returns(callback).expect(400).code()).isEqualTo("EXTERNAL_SIGN_IN_INVALID");
    }

    @Test
    void takesNoCodeTwice() {
        Journey first = program().begins("corp", "/");
        String used = first.callback();
        first.returns(used).expect(200);
        Journey second = program().begins("corp", "/");

        String replayed = second.callback().replaceFirst("code=[^&]*", "code=" + parameter(used, "code"));

        assertThat(second.returns(replayed).expect(401).code()).isEqualTo("EXTERNAL_SIGN_IN_REFUSED");
    }

    @Test
    void doesNotTakeTheCodeOfAnotherBrowsersSignIn() {
        // The attacker's own code, with the victim's state: PKCE and the nonce both stand against it.
        Journey victim = program().begins("corp", "/");
        Journey attacker = program().begins("corp", "/");

        String injected =
                victim.callback().replaceFirst("code=[^&]*", "code=" + parameter(attacker.callback(), "code"));

        assertThat(victim.returns(injected).expect(401).code()).isEqualTo("EXTERNAL_SIGN_IN_REFUSED");
    }

    @Test
    void doesNotMixUpProviders() {
        Journey journey = program().begins("corp", "/");

        String mixedUp = journey.callback().replace("/oidc/corp/", "/oidc/partner/");

        assertThat(journey.returns(mixedUp).expect(400).code()).isEqualTo("EXTERNAL_SIGN_IN_INVALID");
    }

    @Test
    void refusesStatesThatNobodyBegan() {
        Journey journey = program().begins("corp", "/");

        for (String query : List.of("", "?state=x&code=y", "?code=y", "?state=a&state=b&code=y")) {
            assertThat(journey.returns("/api/auth/oidc/corp/callback" + query)
                            .expect(400)
                            .code())
                    .isEqualTo("EXTERNAL_SIGN_IN_INVALID");
        }
    }

    @Test
    void saysWhenTheProviderSignedNobodyIn() {
        Journey journey = browser().begins("corp", "/");
        String state = parameter(journey.callback(), "state");

        Api.Answer answer = journey.returns("/api/auth/oidc/corp/callback?error=access_denied&state=" + state + "&iss="
                        + encoded(SmallProvider.issuer("corp")))
                .expect(303);

        assertThat(answer.header("Location")).endsWith("/sign-in#error=EXTERNAL_SIGN_IN_REFUSED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/",
                "//evil.example/",
                "/\\evil.example/",
                "\\\\evil.example",
                "javascript:alert(1)",
                "/a\r\nSet-Cookie: a=b",
                "/a b",
                "devices"
            })
    void sendsBrowsersNowhereElse(String returnTo) {
        Api.Answer answer = product.anonymous()
                .get("/api/auth/oidc/corp/start?returnTo=" + encoded(returnTo))
                .expect(400);

        assertThat(answer.code()).isEqualTo("INVALID_RETURN_ADDRESS");
    }

    @Test
    void letsOneNetworkNotShutTheOthersOut() {
        Api flooder = product.anonymous().withHeader("X-Forwarded-For", "203.0.113.7");
        flooder.get(START).expect(303);
        // As if it had begun as many as it may; and what is over, and not removed yet, counts for nobody.
        copies("203.0.113.7", 499, "expires_at");
        copies("203.0.113.7", 10_000, "now() - interval '1 second'");

        assertThat(flooder.get(START).expect(503).code()).isEqualTo("TOO_BUSY");
        product.anonymous()
                .withHeader("X-Forwarded-For", "203.0.113.8")
                .get(START)
                .expect(303);
    }

    private void copies(String network, int how, String expiresAt) {
        execute("""
                INSERT INTO external_sign_ins
                    (state_hash, browser_hash, provider, sealed, return_to, network, created_at, expires_at)
                SELECT uuid_send(gen_random_uuid()), browser_hash, provider, sealed, return_to, network, created_at, %s
                FROM (SELECT * FROM external_sign_ins WHERE network = ? AND expires_at > now() LIMIT 1) one,
                     generate_series(1, %d)""".formatted(expiresAt, how), network);
    }

    @Test
    void writesDownRefusedSignInsOnlyAsLongAsTheNetworkHasTries() {
        Api flooder = product.anonymous()
                .withHeader("Accept", "application/json")
                .withHeader("X-Forwarded-For", "203.0.113.9");
        refusedSignIn(flooder);
        assertThat(refusedSignIns("203.0.113.9")).isEqualTo(1);
        sql(
                "UPDATE credential_tries SET tries = 1000000 WHERE subject = decode(?, 'hex')",
                HexFormat.of().formatHex(GuessingIT.subject("ADDRESS", "203.0.113.9")));

        refusedSignIn(flooder);

        assertThat(refusedSignIns("203.0.113.9")).isEqualTo(1);
    }

    private void refusedSignIn(Api api) {
        Journey journey = new Journey(api, null, null).begins("corp", "/");
        String state = parameter(journey.callback(), "state");
        journey.returns("/api/auth/oidc/corp/callback?error=access_denied&state=" + state + "&iss="
                        + encoded(SmallProvider.issuer("corp")))
                .expect(401);
    }

    private long refusedSignIns(String address) {
        return count(
                "SELECT count(*) FROM outbox WHERE payload ->> 'action' = 'user.sign-in-refused'"
                        + " AND payload -> 'origin' ->> 'address' = ?",
                address);
    }

    // Whose account it is

    @Test
    void linksAnAccountWhoseAddressBothSidesVerified() {
        SmallProvider.Person person = provider.person = SmallProvider.Person.withGroups("ops");
        Api local = product.anonymous().signUp(person.email(), Product.MEMBER_PASSWORD);
        sql("UPDATE users SET email_verified_at = now() WHERE email = ?", person.email());

        Api linked = signedIn("corp");

        assertThat(userId(linked)).isEqualTo(userId(local));
        // Our admins gave it its role, so the provider's groups do not.
        assertThat(role(linked)).isEqualTo("user");
        assertThat(identities(local)).hasSize(1);
    }

    @Test
    void linksNoAccountWhoseAddressWasNotVerifiedHere() {
        SmallProvider.Person person = provider.person = SmallProvider.Person.withGroups();
        Api squatter = product.anonymous().signUp(person.email(), Product.MEMBER_PASSWORD);

        assertThat(program().goes("corp", "/").expect(409).code()).isEqualTo("ACCOUNT_NEEDS_LINKING");
        assertThat(identities(squatter)).isEmpty();
    }

    @Test
    void asksForLinkingWhenSomebodySignsUpWithTheAddressAtTheSameMoment() throws Exception {
        SmallProvider.Person person = provider.person = SmallProvider.Person.withGroups();
        Journey journey = program().begins("corp", "/");
        String callback = journey.callback();
        CompletableFuture<Api.Answer> answer;
        try (Connection connection = product.database().connect();
                PreparedStatement signUp = prepare(
                        connection,
                        "INSERT INTO users (id, email, role, created_at) VALUES (gen_random_uuid(), ?, 'USER', now())",
                        person.email())) {
            connection.setAutoCommit(false);
            signUp.executeUpdate();
            answer = CompletableFuture.supplyAsync(() -> journey.returns(callback));
            Awaitility.await("the sign-in waits for the sign-up")
                    .until(() -> count("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                    + " AND query LIKE '%INTO users%'")
                            > 0);
            connection.commit();
        }

        assertThat(answer.get().expect(409).code()).isEqualTo("ACCOUNT_NEEDS_LINKING");
    }

    @Test
    void linksNoAdminsAccountByItsAddress() {
        SmallProvider.Person person = provider.person = SmallProvider.Person.withGroups();
        product.anonymous().signUp(person.email(), Product.MEMBER_PASSWORD);
        sql("UPDATE users SET email_verified_at = now(), role = 'ADMIN' WHERE email = ?", person.email());

        assertThat(program().goes("corp", "/").expect(409).code()).isEqualTo("ACCOUNT_NEEDS_LINKING");
    }

    @Test
    void believesNoAddressThatTheProviderDidNotVerify() {
        provider.person = new SmallProvider.Person("unverified", Api.newEmail(), false, List.of());

        assertThat(program().goes("corp", "/").expect(403).code()).isEqualTo("PROVIDER_EMAIL_UNVERIFIED");
    }

    @Test
    void letsTheAllowedDomainsIn() {
        String name = UUID.randomUUID().toString();
        provider.person = new SmallProvider.Person(name, name + "@" + SmallProvider.DOMAIN, false, List.of());
        signedIn("closed");

        for (String domain : List.of("evil." + SmallProvider.DOMAIN, "not" + SmallProvider.DOMAIN, "example.org")) {
            provider.person = new SmallProvider.Person(domain, "a@" + domain, true, List.of());
            assertThat(program().goes("closed", "/").expect(403).code()).isEqualTo("EMAIL_DOMAIN_NOT_ALLOWED");
        }
    }

    @Test
    void keepsTheSuspendedOut() {
        SmallProvider.Person person = provider.person = SmallProvider.Person.withGroups();
        signedIn("corp");
        sql("UPDATE users SET state = 'SUSPENDED' WHERE email = ?", person.email());

        assertThat(program().goes("corp", "/").expect(403).code()).isEqualTo("ACCOUNT_NOT_ACTIVE");
    }

    @Test
    void asksForTheAccountsOwnSecondFactor() {
        signedIn("corp");
        sql("""
                INSERT INTO totp_secrets (user_id, sealed_secret, created_at, confirmed_at)
                SELECT id, '', now(), now() FROM users WHERE email = ?""", provider.person.email());

        JsonObject asked = program().goes("corp", "/").expect(200).data();
        String address = browser().goes("corp", "/devices").expect(303).header("Location");

        assertThat(asked.keySet()).containsExactly("secondFactor");
        assertThat(address).contains("/sign-in#challenge=").contains("&methods=totp");
    }

    @Test
    void linksAndUnlinksByHand() {
        provider.person = SmallProvider.Person.withGroups();
        Api member = product.member();
        Journey link = link(member, "corp");

        link.returns(link.callback()).expect(200);

        JsonObject identity = identities(member).get(0);
        assertThat(identity.getString("provider")).isEqualTo("corp");
        assertThat(userId(signedIn("corp"))).isEqualTo(userId(member));

        // It is one account's.
        Api another = product.member();
        Journey stolen = link(another, "corp");
        assertThat(stolen.returns(stolen.callback()).expect(409).code()).isEqualTo("IDENTITY_TAKEN");
        String path = "/api/user/identities/" + identity.getString("id");
        assertThat(another.delete(path).expect(404).code()).isEqualTo("IDENTITY_NOT_FOUND");

        member.delete(path).expect(204);
        assertThat(identities(member)).isEmpty();
    }

    @Test
    void keepsTheLastWayIn() {
        provider.person = SmallProvider.Person.withGroups();
        Api member = signedIn("partner");
        String path = "/api/user/identities/" + identities(member).get(0).getString("id");

        assertThat(member.delete(path).expect(409).code()).isEqualTo("LAST_WAY_IN");
    }

    @Test
    void keepsTheProviderThatManagesTheAccount() {
        provider.person = SmallProvider.Person.withGroups("ops");
        Api admin = signedIn("corp");
        String path = "/api/user/identities/" + identities(admin).get(0).getString("id");

        assertThat(admin.delete(path).expect(409).code()).isEqualTo("IDENTITY_MANAGES_ACCOUNT");
    }

    @Test
    void writesDownWhatHappened() {
        SmallProvider.Person person = provider.person = SmallProvider.Person.withGroups("ops");
        signedIn("corp");
        regroup();
        signedIn("corp");

        for (String action : List.of("user.created", "identity.linked", "user.signed-in", "user.role-changed")) {
            assertThat(count(
                            "SELECT count(*) FROM outbox WHERE payload ->> 'action' = ? AND payload::text LIKE ?",
                            action,
                            "%" + person.email() + "%"))
                    .as(action)
                    .isPositive();
        }
    }

    // Journeys

    /** One way to a provider and back. */
    private final class Journey {

        private final Api api;
        private final String cookie;
        private final String address;

        Journey(Api api, String cookie, String address) {
            this.api = api;
            this.cookie = cookie;
            this.address = address;
        }

        Journey begins(String id, String returnTo) {
            Api.Answer start = api.get("/api/auth/oidc/" + id + "/start?returnTo=" + encoded(returnTo))
                    .expect(303);
            return new Journey(api, cookieOf(start), start.header("Location"));
        }

        Journey withCookie(String another) {
            return new Journey(api, another, address);
        }

        /** Goes to the provider; returns the path and query that it comes back to. */
        String callback() {
            URI back = provider.signIn(address);
            return back.getRawPath() + "?" + back.getRawQuery();
        }

        Api.Answer returns(String callback) {
            return (cookie == null ? api : api.withHeader("Cookie", COOKIE + "=" + cookie)).get(callback);
        }

        Api.Answer goes(String id, String returnTo) {
            Journey begun = begins(id, returnTo);
            return begun.returns(begun.callback());
        }
    }

    private Journey browser() {
        return new Journey(product.anonymous().withHeader("Accept", "text/html,*/*;q=0.8"), null, null);
    }

    private Journey program() {
        return new Journey(product.anonymous().withHeader("Accept", "application/json"), null, null);
    }

    private Journey link(Api member, String id) {
        Api.Answer begun = member.post("/api/user/identities", "{\"provider\":\"" + id + "\"}")
                .expect(200);
        return new Journey(product.anonymous(), cookieOf(begun), begun.data().getString("address"));
    }

    private Api signedIn(String id) {
        JsonObject answer = program().goes(id, "/").expect(200).data();
        return product.anonymous().withToken(answer.getString("accessToken"));
    }

    private void regroup(String... groups) {
        provider.person =
                new SmallProvider.Person(provider.person.subject(), provider.person.email(), true, List.of(groups));
    }

    private static String cookieOf(Api.Answer answer) {
        return answer.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith(COOKIE + "="))
                .peek(cookie -> assertThat(cookie).contains("HttpOnly", "Secure", "SameSite=Lax", "Path=/;"))
                .map(cookie -> cookie.substring(COOKIE.length() + 1, cookie.indexOf(';')))
                .findFirst()
                .orElseThrow();
    }

    private static UUID userId(Api user) {
        return UUID.fromString(user.get("/api/auth/me").expect(200).data().getString("id"));
    }

    private static String role(Api user) {
        return user.get("/api/auth/me").expect(200).data().getString("role");
    }

    private static List<String> groups(String token) {
        try {
            return SignedJWT.parse(token).getJWTClaimsSet().getStringListClaim("groups");
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<JsonObject> identities(Api user) {
        return user.get("/api/user/identities")
                .expect(200)
                .data()
                .getJsonArray("items")
                .getValuesAs(JsonObject.class);
    }

    private static String parameter(String address, String name) {
        return Optional.of(address.split("[?&]" + name + "=", 2)[1])
                .map(rest -> rest.split("&", 2)[0])
                .orElseThrow();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private void sql(String statement, String... arguments) {
        assertThat(execute(statement, arguments)).isEqualTo(1);
    }

    private int execute(String statement, String... arguments) {
        try (Connection connection = product.database().connect();
                PreparedStatement prepared = prepare(connection, statement, arguments)) {
            return prepared.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private long count(String query, String... arguments) {
        try (Connection connection = product.database().connect();
                PreparedStatement prepared = prepare(connection, query, arguments)) {
            ResultSet row = prepared.executeQuery();
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PreparedStatement prepare(Connection connection, String statement, String... arguments)
            throws SQLException {
        PreparedStatement prepared = connection.prepareStatement(statement);
        for (int i = 0; i < arguments.length; i++) {
            prepared.setString(i + 1, arguments[i]);
        }
        return prepared;
    }
}
