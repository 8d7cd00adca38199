package io.vpnenterprise;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.access.AccessError;
import io.vpnenterprise.access.traffic.TrafficError;
import io.vpnenterprise.audit.AuditError;
import io.vpnenterprise.fleet.FleetError;
import io.vpnenterprise.identity.IdentityError;
import io.vpnenterprise.notifications.NotificationsError;
import io.vpnenterprise.platform.ErrorCode;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.query.QueryError;
import io.vpnenterprise.query.assistant.AssistantError;
import io.vpnenterprise.query.catalogue.CatalogueError;
import io.vpnenterprise.query.data.DataError;
import io.vpnenterprise.tenants.TenantError;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ErrorCodesTest {

    @Test
    void areUniqueOverAllFeatures() {
        Stream<ErrorCode> codes = Stream.of(
                        PlatformError.values(),
                        IdentityError.values(),
                        FleetError.values(),
                        AccessError.values(),
                        TrafficError.values(),
                        NotificationsError.values(),
                        AuditError.values(),
                        TenantError.values(),
                        QueryError.values(),
                        AssistantError.values(),
                        CatalogueError.values(),
                        DataError.values())
                .flatMap(Stream::of);
        assertThat(codes.map(ErrorCode::name)).doesNotHaveDuplicates();
    }
}
