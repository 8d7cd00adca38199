package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What members change in their accounts by themselves: with a mailed link, or with their password. */
class AccountChangesIT {

    private static final String NEW_PASSWORD = "another long one";

    private final Product product = Product.shared();
    private final MailedLinks links = new MailedLinks(product);
    private final String email = Api.newEmail();
    private final Api member = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);

    @Test
    void provesAnAddressByTheLinkThatSignUpMails() {
        assertThat(showsItselfVerified()).isFalse();

        verify(links.token(email, "VERIFY_EMAIL")).expect(204);

        assertThat(showsItselfVerified()).isTrue();
        assertThat(refreshed().getJsonObject("user").getBoolean("emailVerified"))
                .isTrue();
        // There is nothing left to prove.
        member.post("/api/auth/verify-email/send", "").expect(202);
        assertThat(count("SELECT count(*) FROM account_links WHERE email = ?")).isEqualTo(1);
    }

    @Test
    void takesALinkOnceOfTwentyAtOnce() {
        JsonObject body = Json.createObjectBuilder()
                .add("token", links.token(email, "VERIFY_EMAIL"))
                .build();

        List<Integer> answers = IntStream.range(0, 20)
                .parallel()
                .mapToObj(i ->
                        product.anonymous().post("/api/auth/verify-email", body).status())
                .toList();

        assertThat(answers).containsOnlyOnce(204).containsOnly(204, 400);
    }

    @Test
    void takesALinkForNothingElse() {
        String verification = links.token(email, "VERIFY_EMAIL");

        assertThat(reset(verification).expect(400).code()).isEqualTo("LINK_INVALID");
        forget(email);
        assertThat(verify(links.token(email, "RESET_PASSWORD")).expect(400).code())
                .isEqualTo("LINK_INVALID");
    }

    @Test
    void takesNoLinkThatIsOver() throws SQLException {
        String token = links.token(email, "VERIFY_EMAIL");
        update("UPDATE account_links SET expires_at = now() - interval '1 second' WHERE email = ?", email);

        assertThat(verify(token).expect(400).code()).isEqualTo("LINK_INVALID");
    }

    @Test
    void resetsAForgottenPasswordAndEndsAllSessions() {
        Api elsewhere = product.anonymous().signIn(email, Product.MEMBER_PASSWORD);
        forget(email);
        String token = links.token(email, "RESET_PASSWORD");

        reset(token).expect(200);

        for (Api session : List.of(member, elsewhere)) {
            session.get("/api/auth/me").expect(401);
            product.anonymous()
                    .post("/api/auth/refresh", "{\"refreshToken\":\"" + session.refreshToken() + "\"}")
                    .expect(401);
        }
        assertThat(signIn(email, Product.MEMBER_PASSWORD)).isEqualTo(401);
        assertThat(signIn(email, NEW_PASSWORD)).isEqualTo(200);
        assertThat(reset(token).expect(400).code()).isEqualTo("LINK_INVALID");
        assertThat(isVerified(email)).isTrue();
    }

    /** Else a thief who asked to move it takes it back from its owner. */
    @Test
    void movesNoAccountByALinkOfBeforeAReset() {
        String ofThief = Api.newEmail();
        askNewEmail(ofThief).expect(202);
        String move = links.token(ofThief, "CHANGE_EMAIL");
        forget(email);
        reset(links.token(email, "RESET_PASSWORD")).expect(200);

        assertThat(verify(move).expect(400).code()).isEqualTo("LINK_INVALID");
        assertThat(signIn(email, NEW_PASSWORD)).isEqualTo(200);
    }

    /** Whoever signed up with an address that is not his must not have a way in when its owner comes. */
    @Test
    void leavesAtAResetNothingThatASquatterSetUp() throws SQLException {
        SecuredMember squatter = SecuredMember.signUp(product);
        Api program = squatter.api().withToken(squatter.api().addKey("vpn:read").getString("key"));
        program.get("/api/vpn/status").expect(200);
        linkIdentity(squatter.email());
        forget(squatter.email());

        reset(links.token(squatter.email(), "RESET_PASSWORD")).expect(200);

        program.get("/api/vpn/status").expect(401);
        Api owner = product.anonymous().signIn(squatter.email(), NEW_PASSWORD);
        assertThat(owner.get("/api/user/identities").data().getInt("total")).isZero();
        assertThat(owner.get("/api/user/security").data())
                .hasToString("{\"passkeys\":0,\"recoveryCodesLeft\":0,\"totp\":false}");
        // The owner's alone: of the reset, and of the sign-in.
        assertThat(count(
                        "SELECT count(*) FROM known_devices d JOIN users u ON u.id = d.user_id WHERE u.email = ?",
                        squatter.email()))
                .isEqualTo(2);
    }

    @Test
    void keepsTheFactorsOfAProvedAddressAtAResetButNoApiKeys() throws SQLException {
        SecuredMember owner = SecuredMember.signUp(product);
        verify(links.token(owner.email(), "VERIFY_EMAIL")).expect(204);
        Api program = owner.api().withToken(owner.api().addKey("vpn:read").getString("key"));
        linkIdentity(owner.email());
        forget(owner.email());

        reset(links.token(owner.email(), "RESET_PASSWORD")).expect(200);

        program.get("/api/vpn/status").expect(401);
        JsonObject asked = product.anonymous()
                .post(
                        "/api/auth/login",
                        Json.createObjectBuilder()
                                .add("email", owner.email())
                                .add("password", NEW_PASSWORD)
                                .build())
                .expect(200)
                .data();
        assertThat(asked.keySet()).containsExactly("secondFactor");
        assertThat(count(
                        "SELECT count(*) FROM user_identities i JOIN users u ON u.id = i.user_id WHERE u.email = ?",
                        owner.email()))
                .isEqualTo(1);
    }

    private void linkIdentity(String address) throws SQLException {
        update("""
                INSERT INTO user_identities (id, user_id, provider, issuer, subject, email, created_at)
                SELECT gen_random_uuid(), id, 'corp', 'https://issuer.example', id, '', now() FROM users
                WHERE email = ?""", address);
    }

    @Test
    void endsALinkingThatIsUnderWayAtAProvider() throws SQLException {
        update("""
                INSERT INTO external_sign_ins (state_hash, browser_hash, provider, sealed, return_to, link_user_id,
                                               created_at, expires_at)
                SELECT sha256(id::text::bytea), '', 'corp', '', '/', id, now(), now() + interval '5 minutes' FROM users
                WHERE email = ?""", email);

        member.delete("/api/user/sessions").expect(200);

        assertThat(
                        count(
                                "SELECT count(*) FROM external_sign_ins e JOIN users u ON u.id = e.link_user_id WHERE u.email = ?"))
                .isZero();
    }

    // What is under way while the password is set anew

    @Test
    void opensNoSessionByAPasswordThatWasResetMeanwhile() throws Exception {
        assertThat(answeredAfterAReset(email, () -> signIn(email, Product.MEMBER_PASSWORD)))
                .isEqualTo(401);
    }

    @Test
    void asksForNoSecondFactorByAPasswordThatWasResetMeanwhile() throws Exception {
        SecuredMember secured = SecuredMember.signUp(product);

        assertThat(answeredAfterAReset(secured.email(), () -> signIn(secured.email(), Product.MEMBER_PASSWORD)))
                .isEqualTo(401);
    }

    @Test
    void changesNoPasswordThatWasResetMeanwhile() throws Exception {
        Api.Answer answer = answeredAfterAReset(email, () -> changePassword(Product.MEMBER_PASSWORD));

        assertThat(answer.expect(403).code()).isEqualTo("CONFIRMATION_WRONG");
        assertThat(count("SELECT count(*) FROM users WHERE email = ? AND password_hash = 'of the reset'"))
                .isEqualTo(1);
    }

    @Test
    void asksForNoNewAddressByAPasswordThatWasResetMeanwhile() throws Exception {
        assertThat(answeredAfterAReset(email, () -> askNewEmail(Api.newEmail()).status()))
                .isEqualTo(403);
    }

    /** The call has read the old password, and runs into the reset, which is done while it waits. */
    private <T> T answeredAfterAReset(String address, Callable<T> call) throws Exception {
        ExecutorService client = Executors.newSingleThreadExecutor();
        try (Connection connection = product.database().connect();
                PreparedStatement reset = connection.prepareStatement(
                        "UPDATE users SET password_hash = 'of the reset' WHERE email = ?")) {
            connection.setAutoCommit(false);
            reset.setString(1, address);
            reset.executeUpdate();
            Future<T> answer = client.submit(call);
            await("the call to wait for the account")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> count("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = ?", "Lock") > 0);
            connection.commit();
            return answer.get();
        } finally {
            client.shutdownNow();
        }
    }

    @Test
    void wantsAPasswordThatIsNotTriedFirstAlsoAtAReset() {
        forget(email);
        String token = links.token(email, "RESET_PASSWORD");

        Api.Answer refused = product.anonymous()
                .post("/api/auth/reset-password", "{\"token\":\"%s\",\"newPassword\":\"Password1\"}".formatted(token));

        assertThat(refused.expect(400).code()).isEqualTo("COMMON_PASSWORD");
        reset(token).expect(200);
    }

    @Test
    void tellsNobodyWhetherAForgottenPasswordsAddressHasAnAccount() {
        Api.Answer known = forget(email);
        Api.Answer unknown = forget(Api.newEmail());

        assertThat(unknown.text()).isEqualTo(known.text());
        assertThat(unknown.headers().map().keySet())
                .isEqualTo(known.headers().map().keySet());
    }

    @Test
    void mailsOneRecipientOnlySoOften() {
        IntStream.range(0, 8).forEach(i -> forget(email));

        assertThat(count("SELECT count(*) FROM account_links WHERE email = ? AND purpose = 'RESET_PASSWORD'"))
                .isEqualTo(5);
    }

    @Test
    void keepsNoAddressOfPeopleWithoutAnAccount() {
        String stranger = Api.newEmail();

        forget(stranger);
        signIn(stranger, "long enough");

        assertThat(count("SELECT count(*) FROM account_links WHERE user_id IS NULL AND email <> ?", ""))
                .isZero();
        assertThat(count("SELECT count(*) FROM outbox WHERE payload::text LIKE '%' || ? || '%'", stranger))
                .isZero();
    }

    @Test
    void changesAPasswordAndEndsTheOtherSessions() {
        Api elsewhere = product.anonymous().signIn(email, Product.MEMBER_PASSWORD);
        forget(email);
        String link = links.token(email, "RESET_PASSWORD");
        String newEmail = Api.newEmail();
        askNewEmail(newEmail).expect(202);
        String move = links.token(newEmail, "CHANGE_EMAIL");

        changePassword(Product.MEMBER_PASSWORD).expect(204);

        assertThat(verify(move).expect(400).code()).isEqualTo("LINK_INVALID");

        member.get("/api/auth/me").expect(200);
        elsewhere.get("/api/auth/me").expect(401);
        assertThat(signIn(email, NEW_PASSWORD)).isEqualTo(200);
        assertThat(reset(link).expect(400).code()).isEqualTo("LINK_INVALID");
    }

    @Test
    void wantsTheCurrentPasswordAndLetsItBeGuessedOnlySoOften() {
        assertThat(changePassword("a wrong one").expect(403).code()).isEqualTo("CONFIRMATION_WRONG");

        List<Integer> answers = IntStream.range(0, 20)
                .parallel()
                .mapToObj(i -> changePassword("a wrong one, too").status())
                .toList();

        assertThat(answers)
                .containsOnly(403, 429)
                .filteredOn(status -> status == 403)
                .hasSizeLessThan(10);
        changePassword(Product.MEMBER_PASSWORD).expect(429);
        assertThat(signIn(email, Product.MEMBER_PASSWORD)).isEqualTo(200);
    }

    @Test
    void movesToANewAddressOnceThatIsProved() {
        String newEmail = Api.newEmail();
        askNewEmail(newEmail).expect(202);
        assertThat(email()).isEqualTo(email);

        verify(links.token(newEmail, "CHANGE_EMAIL")).expect(204);

        assertThat(email()).isEqualTo(newEmail);
        assertThat(isVerified(newEmail)).isTrue();
        assertThat(signIn(email, Product.MEMBER_PASSWORD)).isEqualTo(401);
        assertThat(signIn(newEmail, Product.MEMBER_PASSWORD)).isEqualTo(200);
    }

    @Test
    void movesToNoAddressOfAnother() {
        String taken = Api.newEmail();
        product.anonymous().signUp(taken, Product.MEMBER_PASSWORD);

        // Whether somebody has it is for its owner to know, who gets the mail.
        askNewEmail(taken).expect(202);

        assertThat(verify(links.token(taken, "CHANGE_EMAIL")).expect(409).code())
                .isEqualTo("EMAIL_TAKEN");
        assertThat(email()).isEqualTo(email);
    }

    @Test
    void movesOnlyToTheLastAddressThatWasAsked() {
        String first = Api.newEmail();
        askNewEmail(first).expect(202);
        String link = links.token(first, "CHANGE_EMAIL");
        askNewEmail(Api.newEmail()).expect(202);

        assertThat(verify(link).expect(400).code()).isEqualTo("LINK_INVALID");
    }

    @Test
    void hashesAgainAtSignInWhatWasHashedWithLessEffort() throws SQLException {
        // One of the reference implementation's tests: "password", 256 KiB.
        update(
                "UPDATE users SET password_hash = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$"
                        + "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4' WHERE email = ?",
                email);

        assertThat(signIn(email, "password")).isEqualTo(200);

        assertThat(count("SELECT count(*) FROM users WHERE email = ? AND password_hash LIKE '%m=19456,%'"))
                .isEqualTo(1);
        assertThat(signIn(email, "password")).isEqualTo(200);
    }

    private Api.Answer verify(String token) {
        return product.anonymous().post("/api/auth/verify-email", "{\"token\":\"" + token + "\"}");
    }

    private Api.Answer forget(String address) {
        return product.anonymous()
                .post("/api/auth/forgot-password", "{\"email\":\"" + address + "\"}")
                .expect(202);
    }

    private Api.Answer reset(String token) {
        return product.anonymous()
                .post(
                        "/api/auth/reset-password",
                        "{\"token\":\"%s\",\"newPassword\":\"%s\"}".formatted(token, NEW_PASSWORD));
    }

    private Api.Answer changePassword(String current) {
        return member.send(
                "PUT",
                "/api/user/password",
                "{\"currentPassword\":\"%s\",\"newPassword\":\"%s\"}".formatted(current, NEW_PASSWORD));
    }

    private Api.Answer askNewEmail(String address) {
        return member.send(
                "PUT",
                "/api/user/email",
                "{\"password\":\"%s\",\"email\":\"%s\"}".formatted(Product.MEMBER_PASSWORD, address));
    }

    /** As the platform knows the member now. */
    private String email() {
        return member.get("/api/auth/me").expect(200).data().getString("email");
    }

    private JsonObject refreshed() {
        return product.anonymous()
                .post("/api/auth/refresh", "{\"refreshToken\":\"" + member.refreshToken() + "\"}")
                .expect(200)
                .data();
    }

    private boolean showsItselfVerified() {
        return member.get("/api/auth/me").expect(200).data().getBoolean("emailVerified");
    }

    private int signIn(String address, String password) {
        JsonObject credentials = Json.createObjectBuilder()
                .add("email", address)
                .add("password", password)
                .build();
        return product.anonymous().post("/api/auth/login", credentials).status();
    }

    private boolean isVerified(String address) {
        return count("SELECT count(*) FROM users WHERE email = ? AND email_verified_at IS NOT NULL", address) == 1;
    }

    private long count(String sql) {
        return count(sql, email);
    }

    private long count(String sql, String argument) {
        try (Connection connection = product.database().connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, argument);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void update(String sql, String argument) throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, argument);
            statement.executeUpdate();
        }
    }
}
