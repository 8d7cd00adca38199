package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Authenticator apps and recovery codes, with the codes of another program than ours: Debian's {@code oathtool}. */
class SecondFactorIT {

    private static final String SECURITY = "/api/user/security";

    private final Product product = Product.shared();

    @Test
    void signsInWithACodeOfTheApp() throws Exception {
        SecuredMember member = SecuredMember.signUp(product);

        JsonObject asked = member.givePassword();

        assertThat(asked.getJsonArray("methods")).hasToString("[\"totp\",\"recovery-code\"]");
        assertThat(OffsetDateTime.parse(asked.getString("expiresAt")))
                .isBetween(
                        OffsetDateTime.now().plusMinutes(4),
                        OffsetDateTime.now().plusMinutes(5));
        JsonObject signedIn = member.answer(asked.getString("challenge"), "totp", member.code())
                .expect(200)
                .data();
        Api api = product.anonymous().withToken(signedIn.getString("accessToken"));
        assertThat(api.get("/api/auth/me").expect(200).data().getString("email"))
                .isEqualTo(member.email());
        assertThat(methodOfSession(api)).isEqualTo("password, code");
    }

    @Test
    void showsTheSecretOnceAndNeverAgain() throws Exception {
        String email = Api.newEmail();
        Api api = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        Api keyed = api.withHeader("Idempotency-Key", "enable");

        JsonObject setup = keyed.post(SECURITY + "/2fa/enable", "").expect(200).data();

        String secret = setup.getString("secret");
        assertThat(secret).matches("[A-Z2-7]{32}");
        assertThat(setup.getString("uri"))
                .isEqualTo("otpauth://totp/VPN%20Enterprise:" + email.replace("@", "%40") + "?secret=" + secret
                        + "&issuer=VPN%20Enterprise&algorithm=SHA1&digits=6&period=30");
        assertThat(Base64.getDecoder().decode(setup.getString("qrPng"))).startsWith(0x89, 'P', 'N', 'G');
        assertThat(keyed.post(SECURITY + "/2fa/enable", "").expect(200).text()).doesNotContain(secret);
        assertThat(api.get(SECURITY).expect(200).data())
                .hasToString("{\"passkeys\":0,\"recoveryCodesLeft\":0,\"totp\":false}");
        // Pending: nobody is asked for what was never confirmed.
        product.anonymous().signIn(email, Product.MEMBER_PASSWORD);
    }

    @Test
    void refusesToConfirmWithAWrongCode() {
        Api api = product.member();
        String secret = api.post(SECURITY + "/2fa/enable", "").data().getString("secret");
        String wrong = SecuredMember.code(secret, 5);

        assertThat(api.post(SECURITY + "/2fa/confirm", body("code", wrong))
                        .expect(403)
                        .code())
                .isEqualTo("CONFIRMATION_WRONG");
        assertThat(api.get(SECURITY).data().getBoolean("totp")).isFalse();
    }

    @Test
    void acceptsTheStepsAroundNowAndNoOthers() {
        for (int steps : new int[] {-3, 3}) {
            SecuredMember member = SecuredMember.signUp(product);
            member.answer(member.challenge(), "totp", SecuredMember.code(member.secret(), steps))
                    .expect(401);
        }
        SecuredMember member = SecuredMember.signUp(product);
        member.answer(member.challenge(), "totp", SecuredMember.code(member.secret(), 1))
                .expect(200);
        // And never an earlier one afterwards.
        assertThat(member.answer(member.challenge(), "totp", SecuredMember.code(member.secret(), 0))
                        .expect(401)
                        .code())
                .isEqualTo("WRONG_CODE");
    }

    @Test
    void acceptsOneCodeExactlyOnceInFiftyRequestsAtOnce() throws Exception {
        SecuredMember member = SecuredMember.signUp(product);
        List<String> challenges = List.of(member.challenge(), member.challenge());
        String code = member.code();
        List<Callable<Api.Answer>> requests = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String challenge = challenges.get(i % 2);
            requests.add(() -> member.answer(challenge, "totp", code));
        }

        List<Api.Answer> answers = atOnce(requests);

        assertThat(answers).extracting(Api.Answer::status).containsOnlyOnce(200).isSubsetOf(200, 401, 429);
        assertThat(countOf(
                        "SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = ?", member))
                .as("the sign-up's session and one more")
                .isEqualTo(2);
    }

    @Test
    void checksFiveAnswersToAChallengeAndNoMore() throws Exception {
        SecuredMember member = SecuredMember.signUp(product);
        String challenge = member.challenge();
        List<Callable<Api.Answer>> requests = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            requests.add(() -> member.answer(challenge, "recovery-code", "0000-0000-0000"));
        }

        List<Api.Answer> answers = atOnce(requests);

        assertThat(answers)
                .filteredOn(answer -> answer.code().equals("WRONG_CODE"))
                .hasSize(5);
        assertThat(answers)
                .filteredOn(answer -> answer.code().equals("CHALLENGE_INVALID"))
                .hasSize(25);
        member.answer(challenge, "recovery-code", member.recoveryCodes().get(0)).expect(401);
        member.answer(
                        member.challenge(),
                        "recovery-code",
                        member.recoveryCodes().get(0))
                .expect(200);
    }

    @Test
    void checksTenCodesAnHourOverAllChallengesButLetsTheOwnerIn() throws Exception {
        SecuredMember member = SecuredMember.signUp(product);
        String wrong = SecuredMember.code(member.secret(), 9);
        List<Callable<Api.Answer>> requests = new ArrayList<>();
        for (int challenges = 0; challenges < 6; challenges++) {
            String challenge = member.challenge();
            for (int i = 0; i < 5; i++) {
                requests.add(() -> member.answer(challenge, "totp", wrong));
            }
        }

        List<Api.Answer> answers = atOnce(requests);

        assertThat(answers)
                .filteredOn(answer -> answer.code().equals("WRONG_CODE"))
                .hasSize(10);
        assertThat(answers)
                .filteredOn(answer -> answer.code().equals("TOO_MANY_CODES"))
                .hasSize(20);
        Api.Answer limited =
                member.answer(member.challenge(), "totp", member.code()).expect(429);
        assertThat(limited.code()).isEqualTo("TOO_MANY_CODES");
        assertThat(Integer.parseInt(limited.header("Retry-After"))).isBetween(3_500, 3_600);
        assertThat(member.api().awaitAudit("second-factor.limited").getString("severity"))
                .isEqualTo("WARNING");
        // What nobody can guess is not limited.
        member.answer(
                        member.challenge(),
                        "recovery-code",
                        member.recoveryCodes().get(0))
                .expect(200);
        // Which gives the tries back: the owner was there.
        member.answer(member.challenge(), "totp", member.code()).expect(200);
    }

    @Test
    void takesEachRecoveryCodeOnce() throws Exception {
        SecuredMember member = SecuredMember.signUp(product);
        assertThat(member.recoveryCodes()).hasSize(10).doesNotHaveDuplicates();
        String code = member.recoveryCodes().get(3);
        List<Callable<Api.Answer>> requests = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            String challenge = member.challenge();
            requests.add(() -> member.answer(challenge, "recovery-code", code));
        }

        assertThat(atOnce(requests)).extracting(Api.Answer::status).containsOnlyOnce(200);

        String asTyped =
                member.recoveryCodes().get(4).toUpperCase().replace('-', ' ').replace('0', 'O');
        member.answer(member.challenge(), "recovery-code", asTyped).expect(200);
        assertThat(member.api().get(SECURITY).data().getInt("recoveryCodesLeft"))
                .isEqualTo(8);
        JsonObject told = member.api().awaitAudit("recovery-code.used");
        assertThat(told.getString("severity")).isEqualTo("WARNING");
        assertThat(told.getJsonObject("details").keySet()).containsExactly("left");
    }

    @Test
    void forgetsTheOldRecoveryCodesWhenThereAreNewOnes() {
        SecuredMember member = SecuredMember.signUp(product);

        JsonObject renewed = member.api()
                .post(SECURITY + "/2fa/recovery-codes", body("code", member.code()))
                .expect(200)
                .data();

        member.answer(
                        member.challenge(),
                        "recovery-code",
                        member.recoveryCodes().get(0))
                .expect(401);
        member.answer(
                        member.challenge(),
                        "recovery-code",
                        renewed.getJsonArray("recoveryCodes").getString(0))
                .expect(200);
    }

    @Test
    void turnsOffByPasswordOrCodeOnly() {
        SecuredMember member = SecuredMember.signUp(product);

        for (String wrong : List.of("{}", "{\"password\":\"wrong password\"}", "{\"code\":\"123\"}")) {
            assertThat(member.api()
                            .post(SECURITY + "/2fa/disable", wrong)
                            .expect(403)
                            .code())
                    .isEqualTo("CONFIRMATION_WRONG");
        }
        member.api()
                .post(SECURITY + "/2fa/disable", body("password", Product.MEMBER_PASSWORD))
                .expect(204);

        product.anonymous().signIn(member.email(), Product.MEMBER_PASSWORD);
        assertThat(member.api().awaitAudit("totp.disabled").getString("severity"))
                .isEqualTo("WARNING");
        assertThat(member.api().get(SECURITY).data())
                .hasToString("{\"passkeys\":0,\"recoveryCodesLeft\":0,\"totp\":false}");
    }

    @Test
    void limitsGuessesByWhoeverHasTheSession() throws Exception {
        SecuredMember member = SecuredMember.signUp(product);
        for (int i = 0; i < 10; i++) {
            member.api()
                    .post(SECURITY + "/2fa/disable", body("password", "guess " + i))
                    .expect(403);
        }

        assertThat(member.api()
                        .post(SECURITY + "/2fa/disable", body("password", Product.MEMBER_PASSWORD))
                        .expect(429)
                        .code())
                .isEqualTo("TOO_MANY_CODES");
        halfAnHourPasses(member);
        assertThat(Integer.parseInt(member.api()
                        .post(SECURITY + "/2fa/disable", body("password", Product.MEMBER_PASSWORD))
                        .expect(429)
                        .header("Retry-After")))
                .isBetween(1_700, 1_800);
        // And no sign-in is any harder for it.
        member.answer(member.challenge(), "totp", member.code()).expect(200);
    }

    private void halfAnHourPasses(SecuredMember member) throws Exception {
        try (Connection connection = product.database().connect();
                PreparedStatement age = connection.prepareStatement("""
                        UPDATE second_factor_tries SET since = since - interval '30 minutes'
                        WHERE user_id = (SELECT id FROM users WHERE email = ?)""")) {
            age.setString(1, member.email());
            age.executeUpdate();
        }
    }

    @Test
    void givesTenRecoveryCodesAlsoWhenTwoAskAtOnce() throws Exception {
        SecuredMember member = SecuredMember.signUp(product);
        String password = "{\"password\":\"%s\"}".formatted(Product.MEMBER_PASSWORD);

        for (int round = 0; round < 5; round++) {
            Callable<Api.Answer> renewal = () -> member.api().post(SECURITY + "/2fa/recovery-codes", password);
            assertThat(atOnce(List.of(renewal, renewal)))
                    .extracting(Api.Answer::status)
                    .containsOnly(200);

            assertThat(member.api().get(SECURITY).data().getInt("recoveryCodesLeft"))
                    .isEqualTo(10);
        }
    }

    @Test
    void tellsTheMemberThatAnAppWasTurnedOn() {
        assertThat(SecuredMember.signUp(product)
                        .api()
                        .awaitAudit("totp.enabled")
                        .getString("severity"))
                .isEqualTo("WARNING");
    }

    @Test
    void forgetsAnOldPasswordThatWaits() {
        SecuredMember member = SecuredMember.signUp(product);
        String challenge = member.challenge();

        member.api()
                .send(
                        "PUT",
                        "/api/user/password",
                        Json.createObjectBuilder()
                                .add("currentPassword", Product.MEMBER_PASSWORD)
                                .add("newPassword", "quite another one, and long")
                                .build()
                                .toString())
                .expect(204);

        assertThat(member.answer(challenge, "totp", member.code()).expect(401).code())
                .isEqualTo("CHALLENGE_INVALID");
    }

    @Test
    void takesNoAnswerFromElsewhere() {
        SecuredMember member = SecuredMember.signUp(product);
        JsonObject answer = Json.createObjectBuilder()
                .add("challenge", member.challenge())
                .add("method", "totp")
                .add("code", member.code())
                .build();

        assertThat(product.anonymous()
                        .withHeader("X-Forwarded-For", "203.0.113.99")
                        .post("/api/auth/second-factor", answer)
                        .expect(401)
                        .code())
                .isEqualTo("CHALLENGE_INVALID");
        product.anonymous().post("/api/auth/second-factor", answer).expect(200);
    }

    @Test
    void refusesAnswersWithoutAChallengeOrMethod() {
        SecuredMember member = SecuredMember.signUp(product);

        assertThat(member.answer("nonsense", "totp", member.code()).expect(401).code())
                .isEqualTo("CHALLENGE_INVALID");
        assertThat(product.anonymous()
                        .post("/api/auth/second-factor", "{}")
                        .expect(400)
                        .code())
                .isEqualTo("INVALID_METHOD");
        assertThat(product.anonymous()
                        .post("/api/auth/second-factor", "{\"method\":\"totp\"}")
                        .expect(401)
                        .code())
                .isEqualTo("CHALLENGE_INVALID");
    }

    private static List<Api.Answer> atOnce(List<Callable<Api.Answer>> requests) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(requests.size());
        try {
            List<Api.Answer> answers = new ArrayList<>();
            for (Future<Api.Answer> answer : clients.invokeAll(requests)) {
                answers.add(answer.get());
            }
            return answers;
        } finally {
            clients.shutdownNow();
        }
    }

    private String methodOfSession(Api api) throws Exception {
        UUID session =
                UUID.fromString(SignedJWT.parse(api.token()).getJWTClaimsSet().getStringClaim("sid"));
        try (Connection connection = product.database().connect();
                PreparedStatement statement = connection.prepareStatement("SELECT method FROM sessions WHERE id = ?")) {
            statement.setObject(1, session);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private long countOf(String sql, SecuredMember member) throws Exception {
        try (Connection connection = product.database().connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, member.email());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static JsonObject body(String name, String value) {
        return Json.createObjectBuilder().add(name, value).build();
    }
}
