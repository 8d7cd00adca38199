package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A member's database, from asking for it to the end of its copy. */
class TenantsIT {

    private static Product product;

    @BeforeAll
    static void start() {
        product = Product.startWithTenants(Map.of("VPN_TENANTS_COPY_KEPT", "PT0S"));
    }

    @AfterAll
    static void stop() {
        product.close();
    }

    @Test
    void makesADatabaseThatItsOwnerUses() throws SQLException {
        TestTenant tenant = TestTenant.create(product, product.member(), "Crow Ltd.");

        try (Connection owner = tenant.connect()) {
            TestTenant.run(owner, "CREATE TABLE birds (id int PRIMARY KEY, name text)");
            TestTenant.run(owner, "INSERT INTO birds VALUES (1, 'crow')");
            TestTenant.run(owner, "ALTER TABLE birds ADD COLUMN size int");
            assertThat(TestTenant.first(owner, "SELECT name FROM birds")).isEqualTo("crow");
            assertThat(TestTenant.first(owner, "SELECT tableowner FROM pg_tables WHERE tablename = 'birds'"))
                    .endsWith("_objects");
        }
        JsonObject job = tenant.job();
        assertThat(job.getJsonArray("steps")).hasSize(6);
        assertThat(job.getInt("progressPercent")).isEqualTo(100);
        assertThat(tenant.view().getString("state")).isEqualTo("active");
    }

    @Test
    void isNotFoundByAnother() {
        TestTenant tenant = TestTenant.create(product, product.member(), "Hidden");

        assertThat(product.member().get(tenant.path()).expect(404).code()).isEqualTo("TENANT_NOT_FOUND");
        assertThat(product.admin().get(tenant.path()).expect(200).data().getString("role"))
                .isEqualTo("owner");
    }

    @Test
    void keepsEverybodyOutWhileSuspended() throws SQLException {
        TestTenant tenant = TestTenant.create(product, product.member(), "Sleeper");
        try (Connection before = tenant.connect()) {
            tenant.ask("suspend");

            assertThatThrownBy(() -> TestTenant.first(before, "SELECT 1")).isInstanceOf(SQLException.class);
            assertThatThrownBy(tenant::connect).hasMessageContaining("not permitted to log in");
        }
        assertThat(tenant.view().getString("state")).isEqualTo("suspended");

        tenant.ask("resume");

        try (Connection after = tenant.connect()) {
            assertThat(TestTenant.first(after, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void leavesNothingWhenItIsDestroyed() throws SQLException {
        TestTenant tenant = TestTenant.create(product, product.member(), "Mistake");
        assertThat(tenant.owner()
                        .post(tenant.path() + "/destroy", "{\"name\":\"mistake\"}")
                        .expect(400)
                        .code())
                .isEqualTo("TENANT_NOT_NAMED");

        tenant.destroy();

        tenant.awaitGone();
        assertThat(tenant.leftovers()).isEmpty();
    }

    @Test
    void putsATenantOnAnotherPlanAndRefusesOneThatIsTooSmall() throws SQLException {
        TestTenant tenant = TestTenant.create(product, product.member(), "Grower");

        tenant.scale("pro");

        assertThat(tenant.view().getString("plan")).isEqualTo("pro");
        try (Connection owner = tenant.connect()) {
            assertThat(TestTenant.first(owner, "SHOW statement_timeout")).isEqualTo("5min");
            TestTenant.run(
                    owner,
                    "CREATE TABLE big AS SELECT repeat(md5(i::text), 200) AS text"
                            + " FROM generate_series(1, 20000) i");
            TestTenant.run(owner, "ALTER TABLE big ALTER COLUMN text SET STORAGE EXTERNAL");
            TestTenant.run(owner, "UPDATE big SET text = text || 'x'");
        }
        assertThat(tenant.owner()
                        .post(tenant.path() + "/scale", "{\"plan\":\"free\"}")
                        .expect(403)
                        .code())
                .isEqualTo("STORAGE_EXCEEDED");
        assertThat(tenant.view().getString("plan")).isEqualTo("pro");
    }

    @Test
    void letsNobodyScaleBeyondWhatAPlanAllowsAUser() {
        Api member = product.member();
        TestTenant first = TestTenant.create(product, member, "First");
        first.scale("pro");
        TestTenant.create(product, member, "Second");

        assertThat(member.post(first.path() + "/scale", "{\"plan\":\"free\"}").code())
                .isEqualTo("TENANT_LIMIT_REACHED");
    }

    @Test
    void endsTheOldPasswordsAndTheirSessionsWithARotation() throws SQLException {
        TestTenant tenant = TestTenant.create(product, product.member(), "Leaked");
        try (Connection before = tenant.connect()) {
            JsonObject asked = tenant.owner()
                    .post(tenant.path() + "/rotate-credentials", "{\"logins\":[\"owner\",\"reader\"]}")
                    .expect(202)
                    .data();
            tenant.awaitJob(asked.getString("jobId"));

            assertThatThrownBy(() -> TestTenant.first(before, "SELECT 1")).isInstanceOf(SQLException.class);
            assertThatThrownBy(tenant::connect).hasMessageContaining("password authentication failed");
            JsonObject strings = asked.getJsonObject("connectionStrings");
            assertThat(strings.keySet()).containsExactlyInAnyOrder("owner", "reader");
            for (String login : strings.keySet()) {
                try (Connection after = TestTenant.connect(URI.create(strings.getString(login)))) {
                    assertThat(TestTenant.first(after, "SELECT session_user")).endsWith("_" + login);
                }
            }
        }
    }

    @Test
    void listsAllForAdminsWithoutASecret() {
        TestTenant tenant = TestTenant.create(product, product.member(), "Listed");

        JsonObject listed = product.admin()
                .get("/api/admin/tenants?pageSize=100")
                .expect(200)
                .data();

        JsonObject row = listed.getJsonArray("items").getValuesAs(JsonObject.class).stream()
                .filter(item -> item.getString("id").equals(tenant.id()))
                .findFirst()
                .orElseThrow();
        assertThat(row.getString("ownerEmail"))
                .isEqualTo(tenant.owner().get("/api/auth/me").expect(200).data().getString("email"));
        assertThat(listed.toString()).doesNotContain("postgresql://", "assword");
    }

    @Test
    void makesTwentyAtOnceAndTellsWhereTheirTimeWent() {
        List<TestTenant> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(TestTenant.ask(product, product.member(), "One of twenty"));
        }

        for (TestTenant tenant : all) {
            tenant.awaitJob(tenant.created().getString("jobId"));
            List<JsonObject> steps = tenant.job().getJsonArray("steps").getValuesAs(JsonObject.class);
            assertThat(steps).hasSize(6).allSatisfy(step -> assertThat(
                            step.getJsonNumber("tookMillis").doubleValue())
                    .isPositive());
            assertThat(tenant.job().getInt("attempts")).isEqualTo(1);
        }
        assertThat(all).allSatisfy(tenant -> {
            try (Connection owner = tenant.connect()) {
                assertThat(TestTenant.first(owner, "SELECT current_database()")).isEqualTo(tenant.databaseName());
            }
        });
    }

    /** The node lives, so no other takes the run over; the execution is gone, without a word in the run's row. */
    @Test
    void beginsAnewWhatEndedWithoutAWord() throws SQLException {
        try (Connection hold = product.database().connect();
                Connection watch = product.superuser().connect()) {
            hold.setAutoCommit(false);
            TestTenant.run(hold, "LOCK TABLE job_run_steps IN EXCLUSIVE MODE");
            TestTenant tenant = TestTenant.ask(product, product.member(), "Without a word");
            String waiting =
                    "FROM pg_stat_activity WHERE query LIKE 'INSERT INTO job_run_steps%' AND wait_event_type = 'Lock'";
            Awaitility.await("a step that begins")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> TestTenant.first(watch, "SELECT pid " + waiting) != null);

            TestTenant.run(watch, "SELECT pg_terminate_backend(pid) " + waiting);
            hold.rollback();

            tenant.awaitJob(tenant.created().getString("jobId"));
            assertThat(tenant.job().getInt("attempts")).isGreaterThan(1);
        }
    }
}
