package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.playwright.PlaywrightException;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Passkeys in a real Chromium, which makes the keys and signs with them as it does for everybody. */
class PasskeyIT {

    private static final String PASSKEYS = "/api/user/security/passkeys";

    private static final Product PRODUCT = Product.shared();
    private static Browser browser;

    private final String email = Api.newEmail();
    private final Api member = PRODUCT.anonymous().signUp(email, Product.MEMBER_PASSWORD);

    @BeforeAll
    static void startBrowser() {
        browser = new Browser("http://localhost:" + PRODUCT.url().getPort());
    }

    @AfterAll
    static void stopBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void takeANewDevice() {
        browser.newAuthenticator();
    }

    @Test
    void signsInByAPasskeyAlone() {
        JsonObject added = addPasskey(member, "laptop");

        JsonObject signedIn = signIn(browser.get(signInOptions())).expect(200).data();

        Api api = PRODUCT.anonymous().withToken(signedIn.getString("accessToken"));
        assertThat(api.get("/api/auth/me").expect(200).data().getString("email"))
                .isEqualTo(email);
        assertThat(signedIn.getString("deviceToken")).isNotBlank();
        assertThat(added.getJsonArray("recoveryCodes")).hasSize(10);
        JsonObject listed = member.get(PASSKEYS).expect(200).data();
        assertThat(listed.getInt("total")).isEqualTo(1);
        JsonObject passkey = listed.getJsonArray("items").getJsonObject(0);
        assertThat(passkey.getString("name")).isEqualTo("laptop");
        assertThat(passkey.keySet()).contains("lastUsedAt");
        assertThat(member.get("/api/user/security").data().getInt("passkeys")).isEqualTo(1);
    }

    @Test
    void isTheSecondFactorBesideAPassword() {
        addPasskey(member, "laptop");

        JsonObject asked = givePassword();

        assertThat(asked.getJsonArray("methods")).hasToString("[\"passkey\",\"recovery-code\"]");
        JsonObject assertion = browser.get(asked.getJsonObject("passkeyOptions"));
        JsonObject signedIn =
                answer(asked.getString("challenge"), assertion).expect(200).data();
        PRODUCT.anonymous()
                .withToken(signedIn.getString("accessToken"))
                .get("/api/auth/me")
                .expect(200);
        assertThat(answer(asked.getString("challenge"), assertion).expect(401).code())
                .as("the same once more")
                .isEqualTo("CHALLENGE_INVALID");
    }

    @Test
    void isNoSecondFactorOfAnotherAccount() {
        addPasskey(member, "laptop");
        JsonObject asked = givePassword();
        browser.newAuthenticator();
        addPasskey(PRODUCT.member(), "of another");
        JsonObject any = Json.createObjectBuilder(asked.getJsonObject("passkeyOptions"))
                .remove("allowCredentials")
                .build();

        assertThat(answer(asked.getString("challenge"), browser.get(any))
                        .expect(401)
                        .code())
                .isEqualTo("WRONG_CODE");
    }

    @Test
    void refusesACopiedKeyThatCountsBackwards() {
        addPasskey(member, "laptop");
        var copy = browser.copyKey();
        signIn(browser.get(signInOptions())).expect(200);
        signIn(browser.get(signInOptions())).expect(200);

        browser.newAuthenticator();
        browser.insertKey(copy);

        assertThat(signIn(browser.get(signInOptions())).expect(401).code()).isEqualTo("PASSKEY_REFUSED");
        JsonObject told = member.awaitAudit("passkey.copied");
        assertThat(told.getString("severity")).isEqualTo("CRITICAL");
        assertThat(told.getJsonObject("target").getString("name")).isEqualTo("laptop");
    }

    @Test
    void acceptsEachSignatureOnce() {
        addPasskey(member, "laptop");
        JsonObject assertion = browser.get(signInOptions());
        signIn(assertion).expect(200);

        assertThat(signIn(assertion).expect(401).code()).isEqualTo("PASSKEY_REFUSED");
    }

    @Test
    void refusesASignatureForAChallengeThatIsNotOurs() {
        addPasskey(member, "laptop");
        JsonObject options = Json.createObjectBuilder(signInOptions())
                .add("challenge", Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[32]))
                .build();

        signIn(browser.get(options)).expect(401);
    }

    @Test
    void refusesWhatWasSignedForAnotherPage() {
        addPasskey(member, "laptop");
        JsonObject assertion = browser.get(signInOptions());
        JsonObject response = assertion.getJsonObject("response");
        String clientData =
                new String(Base64.getUrlDecoder().decode(response.getString("clientDataJSON")), StandardCharsets.UTF_8);
        String elsewhere = clientData.replace("http://localhost:", "http://evil.example:");
        assertThat(elsewhere).isNotEqualTo(clientData);

        JsonObject changed = Json.createObjectBuilder(assertion)
                .add(
                        "response",
                        Json.createObjectBuilder(response)
                                .add(
                                        "clientDataJSON",
                                        Base64.getUrlEncoder()
                                                .encodeToString(elsewhere.getBytes(StandardCharsets.UTF_8))))
                .build();

        signIn(changed).expect(401);
    }

    @Test
    void signsNobodyInWhomTheDeviceDidNotRecognise() {
        addPasskey(member, "laptop");
        browser.recogniseOwner(false);
        JsonObject touchOnly = Json.createObjectBuilder(signInOptions())
                .add("userVerification", "discouraged")
                .build();

        signIn(browser.get(touchOnly)).expect(401);
        // But whoever gave the password as well need only be there.
        JsonObject asked = givePassword();
        answer(asked.getString("challenge"), browser.get(asked.getJsonObject("passkeyOptions")))
                .expect(200);
    }

    @Test
    void addsNoKeyForAChallengeOfAnotherMember() {
        JsonObject ofAnother =
                PRODUCT.member().post(PASSKEYS + "/options", "").expect(200).data();

        assertThat(add(member, "laptop", browser.create(ofAnother)).expect(400).code())
                .isEqualTo("PASSKEY_INVALID");
    }

    @Test
    void addsNoKeyTwice() {
        JsonObject made = browser.create(creationOptions(member));
        add(member, "laptop", made).expect(201);

        assertThat(add(member, "again", made).expect(400).code()).isEqualTo("PASSKEY_INVALID");
        assertThatThrownBy(() -> browser.create(creationOptions(member)))
                .as("the browser knows that this device has one")
                .isInstanceOf(PlaywrightException.class)
                .hasMessageContaining("InvalidStateError");
    }

    @Test
    void keepsTenAndNoMore() {
        for (int i = 0; i < 10; i++) {
            addPasskey(member, "device " + i);
            browser.newAuthenticator();
        }

        assertThat(add(member, "one more", browser.create(creationOptions(member)))
                        .expect(403)
                        .code())
                .isEqualTo("PASSKEY_LIMIT_REACHED");
    }

    @Test
    void renamesAndRemoves() {
        String id = addPasskey(member, "laptop").getJsonObject("passkey").getString("id");

        assertThat(member.send("PATCH", PASSKEYS + "/" + id, "{\"name\":\"desk\"}")
                        .expect(200)
                        .data()
                        .getString("name"))
                .isEqualTo("desk");
        assertThat(PRODUCT.member().delete(PASSKEYS + "/" + id).expect(404).code())
                .isEqualTo("PASSKEY_NOT_FOUND");
        member.delete(PASSKEYS + "/" + id).expect(204);

        signIn(browser.get(signInOptions())).expect(401);
        // With the last factor went the recovery codes: a password is enough again.
        PRODUCT.anonymous().signIn(email, Product.MEMBER_PASSWORD);
        assertThat(member.get("/api/user/security").data().getInt("recoveryCodesLeft"))
                .isZero();
    }

    @Test
    void keepsTheLastWayIn() throws Exception {
        String id = addPasskey(member, "laptop").getJsonObject("passkey").getString("id");
        execute("UPDATE users SET password_hash = NULL WHERE email = ?");

        assertThat(member.delete(PASSKEYS + "/" + id).expect(409).code()).isEqualTo("LAST_WAY_IN");

        browser.newAuthenticator();
        addPasskey(member, "phone");
        member.delete(PASSKEYS + "/" + id).expect(204);
    }

    @Test
    void isTakenAwayByAnAdminWhenItIsLost() {
        addPasskey(member, "laptop");
        String userId = member.get("/api/auth/me").data().getString("id");

        PRODUCT.plainAdmin()
                .post("/api/admin/users/" + userId + "/security/reset", "")
                .expect(204);

        signIn(browser.get(signInOptions())).expect(401);
        PRODUCT.anonymous().signIn(email, Product.MEMBER_PASSWORD);
        assertThat(member.awaitAudit("user.security-reset").getString("severity"))
                .isEqualTo("CRITICAL");
        assertThat(PRODUCT.admin()
                        .post("/api/admin/users/" + UUID.randomUUID() + "/security/reset", "")
                        .expect(404)
                        .code())
                .isEqualTo("USER_NOT_FOUND");
    }

    @Test
    void asksForARecentSignInBeforeKeysChange() throws Exception {
        String id = addPasskey(member, "laptop").getJsonObject("passkey").getString("id");
        execute("""
                UPDATE sessions SET created_at = created_at - interval '11 minutes'
                WHERE user_id = (SELECT id FROM users WHERE email = ?)""");

        assertThat(member.post(PASSKEYS + "/options", "").expect(403).code()).isEqualTo("CONFIRMATION_NEEDED");
        assertThat(member.delete(PASSKEYS + "/" + id).expect(403).code()).isEqualTo("CONFIRMATION_NEEDED");
        assertThat(member.post("/api/user/security/2fa/enable", "").expect(403).code())
                .isEqualTo("CONFIRMATION_NEEDED");
        assertThat(member.post("/api/user/api-keys", Api.newKey("ci", "vpn:read"))
                        .expect(403)
                        .code())
                .isEqualTo("CONFIRMATION_NEEDED");
        member.post("/api/user/security/confirm", "{\"password\":\"%s\"}".formatted(Product.MEMBER_PASSWORD))
                .expect(204);
        member.addKey("vpn:read");
        member.delete(PASSKEYS + "/" + id).expect(204);
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = PRODUCT.database().connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, email);
            statement.executeUpdate();
        }
    }

    @Test
    void signsOutSuspendedMembersToo() {
        addPasskey(member, "laptop");
        String userId = member.get("/api/auth/me").data().getString("id");
        PRODUCT.admin().post("/api/admin/users/" + userId + "/suspend", "").expect(200);

        assertThat(signIn(browser.get(signInOptions())).expect(401).code()).isEqualTo("PASSKEY_REFUSED");
    }

    private static JsonObject addPasskey(Api member, String name) {
        return add(member, name, browser.create(creationOptions(member)))
                .expect(201)
                .data();
    }

    private static JsonObject creationOptions(Api member) {
        return member.post(PASSKEYS + "/options", "").expect(200).data();
    }

    private static Api.Answer add(Api member, String name, JsonObject credential) {
        return member.post(
                PASSKEYS,
                Json.createObjectBuilder()
                        .add("name", name)
                        .add("credential", credential)
                        .build());
    }

    private static JsonObject signInOptions() {
        return PRODUCT.anonymous()
                .post("/api/auth/passkey/options", "")
                .expect(200)
                .data();
    }

    private static Api.Answer signIn(JsonObject assertion) {
        return PRODUCT.anonymous()
                .post(
                        "/api/auth/passkey",
                        Json.createObjectBuilder().add("assertion", assertion).build());
    }

    private JsonObject givePassword() {
        return PRODUCT.anonymous()
                .post(
                        "/api/auth/login",
                        Json.createObjectBuilder()
                                .add("email", email)
                                .add("password", Product.MEMBER_PASSWORD)
                                .build())
                .expect(200)
                .data()
                .getJsonObject("secondFactor");
    }

    private static Api.Answer answer(String challenge, JsonObject assertion) {
        return PRODUCT.anonymous()
                .post(
                        "/api/auth/second-factor",
                        Json.createObjectBuilder()
                                .add("challenge", challenge)
                                .add("method", "passkey")
                                .add("assertion", assertion)
                                .build());
    }
}
