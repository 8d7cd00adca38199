package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A tenant that was destroyed by mistake. */
class TenantRecoveryIT {

    @Test
    void isThereAgainWithItsRowsAndItsPassword() throws SQLException {
        try (Product product = Product.startWithTenants(Map.of())) {
            TestTenant tenant = TestTenant.create(product, product.member(), "Mistake");
            try (Connection owner = tenant.connect()) {
                TestTenant.run(owner, "CREATE TABLE birds AS SELECT 'crow' AS name");
            }
            Api admin = product.admin();
            String recover = "/api/admin/tenants/" + tenant.id() + "/recover";
            assertThat(admin.post(recover, "").expect(409).code()).isEqualTo("TENANT_NOT_READY");

            tenant.destroy();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> tenant.view().getString("state").equals("retired"));
            assertThatThrownBy(tenant::connect).hasMessageContaining("not permitted to log in");
            tenant.awaitJob(admin.post(recover, "").expect(202).data().getString("jobId"));

            assertThat(tenant.view().getString("state")).isEqualTo("active");
            assertThat(tenant.view().containsKey("purgeAt")).isFalse();
            try (Connection owner = tenant.connect()) {
                assertThat(TestTenant.first(owner, "SELECT name FROM birds")).isEqualTo("crow");
            }
        }
    }
}
