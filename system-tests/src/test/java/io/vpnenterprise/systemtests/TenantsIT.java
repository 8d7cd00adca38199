package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
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
                .isEqualTo("CONFIRMATION_NEEDED");

        tenant.destroy();

        tenant.awaitGone();
        assertThat(tenant.leftovers()).isEmpty();
    }
}
