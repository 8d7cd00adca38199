package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who belongs to a tenant, and what he may do with the others. */
class TenantMembersIT {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static Product product;

    private TestTenant tenant;

    @BeforeAll
    static void start() {
        product = Product.startWithTenants(Map.of());
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @BeforeEach
    void makeTenant() {
        tenant = TestTenant.create(product, product.verifiedMember(), "Shared");
    }

    @Test
    void invitesAnAddressByMailAndTakesWhoeverHasIt() {
        String email = Api.newEmail();
        JsonObject invitation = tenant.owner()
                .post(tenant.path() + "/invitations", "{\"email\":\"%s\",\"role\":\"editor\"}".formatted(email))
                .expect(201)
                .data();
        // One that is over meanwhile is not mailed.
        await().atMost(LIMIT).until(() -> mails(email) == 1);
        String token = new MailedLinks(product).invitationToken(invitation.getString("id"));
        String accept = "{\"token\":\"" + token + "\"}";

        assertThat(product.member()
                        .post("/api/tenant-invitations/accept", accept)
                        .expect(404)
                        .code())
                .isEqualTo("INVITATION_NOT_FOUND");
        Api invited = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        assertThat(invited.post("/api/tenant-invitations/accept", accept)
                        .expect(200)
                        .data()
                        .getString("role"))
                .isEqualTo("editor");

        assertThat(invited.get(tenant.path()).expect(200).data().getString("role"))
                .isEqualTo("editor");
        assertThat(invited.post("/api/tenant-invitations/accept", accept)
                        .expect(404)
                        .code())
                .isEqualTo("INVITATION_NOT_FOUND");
        assertThat(tenant.owner()
                        .get(tenant.path() + "/members")
                        .expect(200)
                        .data()
                        .getInt("total"))
                .isEqualTo(2);
    }

    private static int mails(String to) throws SQLException {
        try (Connection connection = product.database().connect()) {
            return Integer.parseInt(TestTenant.first(
                    connection,
                    "SELECT count(*) FROM deliveries WHERE type = 'tenant-invitation' AND destination = '" + to + "'"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        // own, the other's, wanted, answer
        "viewer, viewer, editor, 403",
        "editor, viewer, editor, 403",
        "admin, viewer, editor, 200",
        "admin, editor, viewer, 200",
        "admin, editor, admin, 403",
        "admin, admin, viewer, 403",
        "admin, owner, viewer, 403",
        "owner, admin, viewer, 200",
        "owner, editor, admin, 200"
    })
    void letsARoleChangeThoseBelowIt(String own, String theirs, String wanted, int answer) {
        Api caller = own.equals("owner") ? tenant.owner() : added(own);
        String other = theirs.equals("owner") ? idOf(tenant.owner()) : idOf(added(theirs));

        Api.Answer changed = caller.send("PUT", tenant.path() + "/members/" + other, "{\"role\":\"" + wanted + "\"}");

        assertThat(changed.status()).isEqualTo(answer);
    }

    @ParameterizedTest
    @CsvSource({
        // own, the other's, answer
        "viewer, viewer, 403",
        "editor, viewer, 403",
        "admin, viewer, 204",
        "admin, editor, 204",
        "admin, admin, 403",
        "admin, owner, 403",
        "owner, admin, 204"
    })
    void letsARoleRemoveThoseBelowIt(String own, String theirs, int answer) {
        Api caller = own.equals("owner") ? tenant.owner() : added(own);
        String other = theirs.equals("owner") ? idOf(tenant.owner()) : idOf(added(theirs));

        assertThat(caller.delete(tenant.path() + "/members/" + other).status()).isEqualTo(answer);
    }

    @Test
    void keepsTheLastOwner() {
        String owner = idOf(tenant.owner());
        String other = idOf(added("admin"));

        assertThat(tenant.owner()
                        .delete(tenant.path() + "/members/" + owner)
                        .expect(409)
                        .code())
                .isEqualTo("LAST_OWNER");
        tenant.owner()
                .send("PUT", tenant.path() + "/members/" + other, "{\"role\":\"owner\"}")
                .expect(200);
        tenant.owner().delete(tenant.path() + "/members/" + owner).expect(204);

        assertThat(tenant.owner().get(tenant.path()).expect(404).code()).isEqualTo("TENANT_NOT_FOUND");
    }

    @Test
    void makesNobodyOwnMoreThanAPlanAllowsHim() {
        Api second = product.member();
        TestTenant.create(product, second, "His only one");
        product.addToTenant(tenant.id(), idOf(second), "admin");

        assertThat(tenant.owner()
                        .send("PUT", tenant.path() + "/members/" + idOf(second), "{\"role\":\"owner\"}")
                        .code())
                .isEqualTo("TENANT_LIMIT_REACHED");
    }

    /** As the platform opens one for him: what he works with calls itself by his id. */
    @Test
    void endsWhatAMemberHasOpenWhenHeIsRemovedOrSuspended() throws SQLException {
        Api removed = added("editor");
        Api suspended = added("editor");
        try (Connection his = open(removed);
                Connection another = open(suspended)) {
            tenant.owner().delete(tenant.path() + "/members/" + idOf(removed)).expect(204);

            await().atMost(LIMIT).until(() -> isOver(his));
            assertThat(isOver(another)).isFalse();
            product.admin()
                    .post("/api/admin/users/" + idOf(suspended) + "/suspend", "")
                    .expect(200);
            await().atMost(LIMIT).until(() -> isOver(another));
        }
    }

    private Connection open(Api member) throws SQLException {
        Connection connection = tenant.connect();
        TestTenant.run(connection, "SET application_name = 'vpn-enterprise " + idOf(member) + "'");
        return connection;
    }

    private static boolean isOver(Connection connection) {
        try {
            TestTenant.first(connection, "SELECT 1");
            return false;
        } catch (SQLException e) {
            return true;
        }
    }

    private Api added(String role) {
        Api member = product.member();
        product.addToTenant(tenant.id(), idOf(member), role);
        return member;
    }

    private static String idOf(Api person) {
        return person.get("/api/auth/me").expect(200).data().getString("id");
    }
}
