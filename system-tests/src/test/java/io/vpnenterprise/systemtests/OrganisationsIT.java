package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Organisations: invitations, limits under parallel requests, what goes with them. Roles are in the matrix. */
class OrganisationsIT {

    private static final String ORGANISATIONS = "/api/organizations";
    private static final String MANAGED = "/api/admin/organizations";

    private final Product product = Product.shared();
    private final Api admin = product.admin();
    private final MailedLinks mailed = new MailedLinks(product);

    // Invitations

    @Test
    void makesAMemberOfWhoeverWasInvited() {
        Api owner = product.verifiedMember();
        String organisation = added(owner);
        Api guest = product.member();

        String invitation = invite(owner, organisation, email(guest), "member")
                .expect(201)
                .data()
                .getString("id");
        String token = mailed.invitationToken(invitation);

        assertThat(owner.get(ORGANISATIONS + "/" + organisation + "/invitations")
                        .text())
                .contains(invitation)
                .doesNotContain(token);
        assertThat(told(accept(product.member(), token))).isEqualTo("404 INVITATION_NOT_FOUND");
        JsonObject joined = accept(guest, token).expect(200).data();
        assertThat(joined.getString("id")).isEqualTo(organisation);
        assertThat(joined.getString("role")).isEqualTo("member");
        assertThat(guest.get(ORGANISATIONS).data().getInt("total")).isEqualTo(1);
        assertThat(told(accept(guest, token))).isEqualTo("404 INVITATION_NOT_FOUND");
        // A role in an organisation is none on the platform.
        assertThat(told(owner.get("/api/admin/authz"))).isEqualTo("403 NOT_PERMITTED");
        assertThat(guest.get("/api/auth/me").data().getString("role")).isEqualTo("user");
    }

    @Test
    void mailsTheInvitation() {
        Api owner = product.verifiedMember();
        String organisation = added(owner);
        String guest = Api.newEmail();
        String token = mailed.invitationToken(
                invite(owner, organisation, guest, "viewer").expect(201).data().getString("id"));

        // Without a mail server it is held, for an admin to pass on.
        String mail = await("the held mail")
                .atMost(Duration.ofSeconds(20))
                .until(() -> heldMailTo(guest), Optional::isPresent)
                .orElseThrow();

        JsonObject read = admin.get("/api/admin/mails/" + mail).expect(200).data();
        assertThat(read.getString("link")).endsWith("/invitation#token=" + token);
        assertThat(read.getString("text")).contains(email(owner)).contains("Acme");
    }

    @Test
    void letsOneOfManyAcceptsWithTheSameTokenThrough() throws Exception {
        Api owner = product.verifiedMember();
        String organisation = added(owner);
        Api guest = product.member();
        String token = invitedToken(owner, organisation, guest);

        List<Api.Answer> answers = atOnce(Collections.nCopies(8, () -> accept(guest, token)));

        assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
        assertThat(answers.stream().filter(answer -> answer.status() != 200))
                .allSatisfy(answer -> assertThat(told(answer)).isEqualTo("404 INVITATION_NOT_FOUND"));
        assertThat(members(organisation)).isEqualTo(2);
    }

    @Test
    void keepsNothingOfAnInvitationThatIsOver() throws SQLException {
        Api owner = product.verifiedMember();
        String organisation = added(owner);
        String invitations = ORGANISATIONS + "/" + organisation + "/invitations";
        Api guest = product.member();

        String revoked = invite(owner, organisation, email(guest), "member")
                .expect(201)
                .data()
                .getString("id");
        String token = mailed.invitationToken(revoked);
        assertThat(told(invite(owner, organisation, email(guest), "viewer"))).isEqualTo("409 INVITATION_WAITS");
        owner.delete(invitations + "/" + revoked).expect(204);
        assertThat(told(accept(guest, token))).isEqualTo("404 INVITATION_NOT_FOUND");

        String declined = invitedToken(owner, organisation, guest);
        guest.post("/api/invitations/decline", token(declined)).expect(204);
        assertThat(told(accept(guest, declined))).isEqualTo("404 INVITATION_NOT_FOUND");

        String expired = invitedToken(owner, organisation, guest);
        update(
                "UPDATE invitations SET expires_at = now() - interval '1 second' WHERE organisation_id = ?::uuid",
                organisation);
        assertThat(told(accept(guest, expired))).isEqualTo("404 INVITATION_NOT_FOUND");
        assertThat(owner.get(invitations).data().getInt("total")).isZero();

        // One that expired does not stand in the way of the next.
        accept(guest, invitedToken(owner, organisation, guest)).expect(200);
        assertThat(told(invite(owner, organisation, email(guest), "viewer"))).isEqualTo("409 ALREADY_MEMBER");
    }

    @Test
    void refusesAnInvitationOfNobodyOrAsNothing() {
        Api owner = product.verifiedMember();
        String organisation = added(owner);

        assertThat(told(invite(owner, organisation, "nobody", "member"))).isEqualTo("400 INVALID_EMAIL");
        assertThat(told(invite(owner, organisation, Api.newEmail(), "root")))
                .isEqualTo("400 INVALID_ORGANISATION_ROLE");
        assertThat(told(accept(owner, "nonsense"))).isEqualTo("404 INVITATION_NOT_FOUND");
        assertThat(told(owner.post("/api/invitations/accept", "{}"))).isEqualTo("404 INVITATION_NOT_FOUND");
    }

    @Test
    void mailsNobodyInTheNameOfAnAddressThatWasNotProved() {
        Api owner = product.member();
        String organisation = added(owner);

        assertThat(told(invite(owner, organisation, Api.newEmail(), "member"))).isEqualTo("409 EMAIL_NOT_VERIFIED");
        product.verify(id(owner));
        invite(owner, organisation, Api.newEmail(), "member").expect(201);
    }

    @Test
    void mailsARecipientOnlySoOftenWhoeverInvites() {
        String guest = Api.newEmail();
        for (int i = 0; i < 5; i++) {
            Api owner = product.verifiedMember();
            invite(owner, added(owner), guest, "member").expect(201);
        }
        Api owner = product.verifiedMember();
        String organisation = added(owner);

        assertThat(told(invite(owner, organisation, guest, "member"))).isEqualTo("429 TOO_MANY_TRIES");
        invite(owner, organisation, Api.newEmail(), "member").expect(201);
    }

    @Test
    void countsTheInvitationsOfADayThoughTheirOrganisationIsDeleted() throws SQLException {
        Api owner = product.verifiedMember();
        String organisation = added(owner);
        String token = invitedToken(owner, organisation, product.member());
        update("""
                INSERT INTO invitations (id, organisation_id, email, role, invited_by, token_hash, created_at, expires_at,
                                         ended_at)
                SELECT gen_random_uuid(), organisation_id, email, role, invited_by, uuid_send(gen_random_uuid()), now(),
                       expires_at, now()
                FROM invitations, generate_series(1, 49) WHERE organisation_id = ?::uuid""", organisation);

        owner.delete(ORGANISATIONS + "/" + organisation).expect(204);

        assertThat(told(accept(owner, token))).isEqualTo("404 INVITATION_NOT_FOUND");
        assertThat(told(invite(owner, added(owner), Api.newEmail(), "member")))
                .isEqualTo("403 INVITATION_LIMIT_REACHED");
    }

    // Limits

    @Test
    void givesExactlyThePlacesThatThereAre() throws Exception {
        Api owner = product.verifiedMember();
        String organisation = managed(owner, "\"maxUsers\":4");

        List<Api.Answer> answers =
                atOnce(Collections.nCopies(12, () -> invite(owner, organisation, Api.newEmail(), "viewer")));

        assertThat(answers.stream().filter(answer -> answer.status() == 201)).hasSize(3);
        assertThat(answers.stream().filter(answer -> answer.status() != 201))
                .allSatisfy(answer -> assertThat(told(answer)).isEqualTo("403 ORGANISATION_FULL"));
        Api.Answer smaller = admin.send("PUT", MANAGED + "/" + organisation, "{\"name\":\"Acme\",\"maxUsers\":3}");
        assertThat(told(smaller)).isEqualTo("403 ORGANISATION_FULL");
        // An invitation that is revoked gives its place back.
        String waiting = answers.stream()
                .filter(answer -> answer.status() == 201)
                .findFirst()
                .orElseThrow()
                .data()
                .getString("id");
        owner.delete(ORGANISATIONS + "/" + organisation + "/invitations/" + waiting)
                .expect(204);
        invite(owner, organisation, Api.newEmail(), "viewer").expect(201);
    }

    @Test
    void givesAMemberExactlyTheDevicesOfTheTightestOfHisOrganisations() throws Exception {
        Api owner = product.verifiedMember();
        Api member = product.member();
        product.addToOrganisation(managed(owner, "\"maxDevicesPerUser\":2"), id(member), "member");
        product.addToOrganisation(managed(owner, "\"maxDevicesPerUser\":50"), id(member), "member");

        List<Callable<Api.Answer>> calls = new ArrayList<>();
        IntStream.range(0, 8)
                .forEach(i -> calls.add(() -> member.post("/api/user/devices", "{\"name\":\"device " + i + "\"}")));
        List<Api.Answer> answers = atOnce(calls);

        assertThat(answers.stream().filter(answer -> answer.status() == 201)).hasSize(2);
        assertThat(answers.stream().filter(answer -> answer.status() != 201))
                .allSatisfy(answer -> assertThat(told(answer)).isEqualTo("403 DEVICE_LIMIT_REACHED"));
    }

    @Test
    void letsAMemberOwnExactlyAsManyAsHeMay() throws Exception {
        Api member = product.member();

        List<Api.Answer> answers =
                atOnce(Collections.nCopies(16, () -> member.post(ORGANISATIONS, "{\"name\":\"Acme\"}")));

        assertThat(answers.stream().filter(answer -> answer.status() == 201)).hasSize(10);
        assertThat(answers.stream().filter(answer -> answer.status() != 201))
                .allSatisfy(answer -> assertThat(told(answer)).isEqualTo("403 ORGANISATION_LIMIT_REACHED"));
    }

    // Owners

    @Test
    void keepsTheLastOwnerThoughTwoLeaveAtOnce() throws Exception {
        for (int round = 0; round < 5; round++) {
            Api one = product.member();
            Api other = product.member();
            String organisation = added(one);
            product.addToOrganisation(organisation, id(other), "owner");
            String members = ORGANISATIONS + "/" + organisation + "/members/";
            String oneId = id(one);
            String otherId = id(other);

            List<Api.Answer> answers =
                    atOnce(List.of(() -> one.delete(members + oneId), () -> other.delete(members + otherId)));

            assertThat(answers.stream().map(OrganisationsIT::told)).containsExactlyInAnyOrder("204", "409 LAST_OWNER");
            assertThat(members(organisation)).isEqualTo(1);
        }
    }

    @Test
    void deletesNoAccountThatOthersNeedAsAnOwner() {
        Api owner = product.verifiedMember();
        Api member = product.member();
        String name = "Acme " + UUID.randomUUID();
        String shared = owner.post(ORGANISATIONS, "{\"name\":\"" + name + "\"}")
                .expect(201)
                .data()
                .getString("id");
        String alone = added(owner);
        product.addToOrganisation(shared, id(member), "member");
        String account = "/api/admin/users/" + id(owner);

        Api.Answer refused = admin.delete(account);

        assertThat(told(refused)).isEqualTo("409 OWNS_ORGANISATIONS");
        assertThat(refused.text()).contains(name);
        owner.get(ORGANISATIONS + "/" + alone).expect(200);

        owner.send("PUT", ORGANISATIONS + "/" + shared + "/members/" + id(member), "{\"role\":\"owner\"}")
                .expect(200);
        admin.delete(account).expect(204);

        assertThat(members(shared)).isEqualTo(1);
        assertThat(told(admin.get(MANAGED + "/" + alone))).isEqualTo("404 ORGANISATION_NOT_FOUND");
    }

    @Test
    void countsNoOwnerWhoIsSuspended() {
        Api owner = product.verifiedMember();
        String organisation = added(owner);
        Api suspended = product.member();
        product.addToOrganisation(organisation, id(suspended), "owner");
        String itself = ORGANISATIONS + "/" + organisation + "/members/" + id(owner);
        admin.post("/api/admin/users/" + id(suspended) + "/suspend", "").expect(200);

        assertThat(told(owner.delete(itself))).isEqualTo("409 LAST_OWNER");
        assertThat(told(owner.send("PUT", itself, "{\"role\":\"member\"}"))).isEqualTo("409 LAST_OWNER");
        assertThat(told(admin.delete("/api/admin/users/" + id(owner)))).isEqualTo("409 OWNS_ORGANISATIONS");
    }

    @Test
    void letsAdminsReplaceTheOnlyOwner() {
        Api owner = product.member();
        Api member = product.member();
        String organisation = added(owner);
        product.addToOrganisation(organisation, id(member), "viewer");
        String members = MANAGED + "/" + organisation + "/members/";

        assertThat(told(admin.delete(members + id(owner)))).isEqualTo("409 LAST_OWNER");
        assertThat(told(admin.send("PUT", members + id(owner), "{\"role\":\"admin\"}")))
                .isEqualTo("409 LAST_OWNER");
        JsonObject promoted = admin.send("PUT", members + id(member), "{\"role\":\"owner\"}")
                .expect(200)
                .data();
        assertThat(promoted.getString("role")).isEqualTo("owner");
        admin.delete(members + id(owner)).expect(204);

        assertThat(told(owner.get(ORGANISATIONS + "/" + organisation))).isEqualTo("404 ORGANISATION_NOT_FOUND");
        member.get(ORGANISATIONS + "/" + organisation).expect(200);
        assertThat(told(admin.delete(members + id(owner)))).isEqualTo("404 MEMBER_NOT_FOUND");
        assertThat(told(admin.delete(MANAGED + "/" + UUID.randomUUID() + "/members/" + id(member))))
                .isEqualTo("404 ORGANISATION_NOT_FOUND");
        member.awaitAudit("member.role-changed");
        owner.awaitAudit("member.removed");
    }

    @Test
    void makesNobodyAnOwnerOfMoreThanHeMayHave() {
        Api owner = product.member();
        Api rich = product.member();
        for (int i = 0; i < 10; i++) {
            added(rich);
        }
        String organisation = added(owner);
        product.addToOrganisation(organisation, id(rich), "member");
        String path = "/members/" + id(rich);

        Api.Answer refused = owner.send("PUT", ORGANISATIONS + "/" + organisation + path, "{\"role\":\"owner\"}");

        assertThat(told(refused)).isEqualTo("403 ORGANISATION_LIMIT_REACHED");
        // Admins know no such limit, here as where they make organisations.
        admin.send("PUT", MANAGED + "/" + organisation + path, "{\"role\":\"owner\"}")
                .expect(200);
    }

    // Keys

    @Test
    void showsAKeyOfAnOrganisationNoOther() {
        Api owner = product.verifiedMember();
        String organisation = managed(owner, "\"tier\":\"business\"");
        String other = added(owner);
        assertThat(told(owner.post("/api/user/api-keys", keyOf(other)))).isEqualTo("403 FEATURE_NOT_IN_TIER");
        assertThat(told(product.member().post("/api/user/api-keys", keyOf(organisation))))
                .isEqualTo("404 ORGANISATION_NOT_FOUND");

        Api program = owner.withToken(owner.post("/api/user/api-keys", keyOf(organisation))
                .expect(201)
                .data()
                .getString("key"));

        program.get(ORGANISATIONS + "/" + organisation).expect(200);
        assertThat(program.get(ORGANISATIONS).data().getInt("total")).isEqualTo(1);
        assertThat(told(program.get(ORGANISATIONS + "/" + other))).isEqualTo("404 ORGANISATION_NOT_FOUND");
        assertThat(told(program.post(ORGANISATIONS, "{\"name\":\"another\"}")))
                .isEqualTo("403 API_KEY_OF_ORGANISATION");
    }

    @Test
    void endsAKeyOfAnOrganisationWithTheMembership() {
        Api owner = product.verifiedMember();
        Api member = product.member();
        String organisation = managed(owner, "\"tier\":\"business\"");
        product.addToOrganisation(organisation, id(member), "member");
        Api program = member.withToken(member.post("/api/user/api-keys", keyOf(organisation))
                .expect(201)
                .data()
                .getString("key"));
        program.get(ORGANISATIONS + "/" + organisation).expect(200);

        owner.delete(ORGANISATIONS + "/" + organisation + "/members/" + id(member))
                .expect(204);

        assertThat(told(program.get(ORGANISATIONS))).isEqualTo("401 INVALID_TOKEN");
        assertThat(member.get("/api/user/api-keys").data().getInt("total")).isZero();
    }

    // Admins

    @Test
    void letsAdminsFindAndChangeAnyOrganisation() {
        Api owner = product.verifiedMember();
        String name = "100% " + UUID.randomUUID();
        String id = admin.post(MANAGED, "{\"name\":\"" + name + "\",\"ownerId\":\"" + id(owner) + "\"}")
                .expect(201)
                .data()
                .getString("id");

        JsonObject found = admin.get(MANAGED + "?search="
                        + name.toUpperCase(java.util.Locale.ROOT)
                                .replace("%", "%25")
                                .replace(" ", "%20"))
                .expect(200)
                .data();
        assertThat(found.getInt("total")).isEqualTo(1);
        assertThat(found.getJsonArray("items").getJsonObject(0).getString("id")).isEqualTo(id);

        JsonObject changed = admin.send(
                        "PUT", MANAGED + "/" + id, "{\"name\":\"Acme\",\"tier\":\"enterprise\",\"maxUsers\":7}")
                .expect(200)
                .data();
        assertThat(changed.getInt("maxUsers")).isEqualTo(7);
        assertThat(changed.getInt("maxDevicesPerUser")).isEqualTo(10);
        assertThat(changed.getJsonObject("features").getBoolean("custom_domains"))
                .isTrue();
        assertThat(owner.get(ORGANISATIONS + "/" + id).data().getString("tier")).isEqualTo("enterprise");

        JsonObject renamed = admin.send("PUT", MANAGED + "/" + id, "{\"name\":\"Ajax\"}")
                .expect(200)
                .data();
        assertThat(renamed.getString("name")).isEqualTo("Ajax");
        assertThat(renamed.getString("tier")).isEqualTo("enterprise");
        assertThat(renamed.getInt("maxUsers")).isEqualTo(7);

        admin.delete(MANAGED + "/" + id).expect(204);
        assertThat(told(owner.get(ORGANISATIONS + "/" + id))).isEqualTo("404 ORGANISATION_NOT_FOUND");
        assertThat(told(admin.post(MANAGED, "{\"name\":\"Acme\",\"ownerId\":\"" + UUID.randomUUID() + "\"}")))
                .isEqualTo("404 USER_NOT_FOUND");
        String suspended = id(owner);
        admin.post("/api/admin/users/" + suspended + "/suspend", "").expect(200);
        Api.Answer refused = admin.post(MANAGED, "{\"name\":\"Acme\",\"ownerId\":\"" + suspended + "\"}");
        assertThat(told(refused)).isEqualTo("404 USER_NOT_FOUND");
        assertThat(refused.json().getString("field")).isEqualTo("ownerId");
        assertThat(told(admin.post(MANAGED, "{\"name\":\"Acme\",\"tier\":\"gold\"}")))
                .isEqualTo("400 INVALID_TIER");
    }

    private Optional<String> heldMailTo(String address) {
        return admin
                .get("/api/admin/mails?state=held&pageSize=100")
                .expect(200)
                .data()
                .getJsonArray("items")
                .getValuesAs(JsonObject.class)
                .stream()
                .filter(mail -> mail.getString("to").equals(address))
                .map(mail -> mail.getString("id"))
                .findFirst();
    }

    private static String added(Api owner) {
        return owner.post(ORGANISATIONS, "{\"name\":\"Acme\"}")
                .expect(201)
                .data()
                .getString("id");
    }

    private String managed(Api owner, String more) {
        return admin.post(MANAGED, "{\"name\":\"Acme\",\"ownerId\":\"" + id(owner) + "\"," + more + "}")
                .expect(201)
                .data()
                .getString("id");
    }

    private int members(String organisation) {
        return admin.get(MANAGED + "/" + organisation).expect(200).data().getInt("members");
    }

    private static Api.Answer invite(Api owner, String organisation, String email, String role) {
        return owner.post(ORGANISATIONS + "/" + organisation + "/invitations", """
                {"email":"%s","role":"%s"}""".formatted(email, role));
    }

    private String invitedToken(Api owner, String organisation, Api guest) {
        return mailed.invitationToken(invite(owner, organisation, email(guest), "member")
                .expect(201)
                .data()
                .getString("id"));
    }

    private static Api.Answer accept(Api guest, String token) {
        return guest.post("/api/invitations/accept", token(token));
    }

    private static String token(String token) {
        return "{\"token\":\"" + token + "\"}";
    }

    private static String keyOf(String organisation) {
        return """
                {"name":"%s","organisationId":"%s","scopes":["organisations:read","organisations:write"],"expiresAt":"%s"}""".formatted(
                        UUID.randomUUID(), organisation, OffsetDateTime.now().plusDays(1));
    }

    private static String id(Api user) {
        return user.get("/api/auth/me").expect(200).data().getString("id");
    }

    private static String email(Api user) {
        return user.get("/api/auth/me").expect(200).data().getString("email");
    }

    private void update(String sql, String argument) throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, argument);
            update.executeUpdate();
        }
    }

    private static List<Api.Answer> atOnce(List<Callable<Api.Answer>> calls) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(calls.size());
        try {
            List<Api.Answer> answers = new ArrayList<>();
            for (Future<Api.Answer> answer : clients.invokeAll(calls)) {
                answers.add(answer.get());
            }
            return answers;
        } finally {
            clients.shutdownNow();
        }
    }

    private static String told(Api.Answer answer) {
        return answer.status() < 400 ? String.valueOf(answer.status()) : answer.status() + " " + answer.code();
    }
}
