package io.vpnenterprise.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.platform.VpnException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerSpecTest {

    private static final List<String> REGIONS = List.of("us-east", "eu-central");

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "ab, us-east, 51820, 10, INVALID_SERVER_NAME, name",
                "-, us-east, 51820, 10, INVALID_SERVER_NAME, name",
                "'a;$()b', us-east, 51820, 10, INVALID_SERVER_NAME, name",
                "'../etc', us-east, 51820, 10, INVALID_SERVER_NAME, name",
                "'abc ', us-east, 51820, 10, INVALID_SERVER_NAME, name",
                "frankfurt, mars, 51820, 10, UNKNOWN_REGION, region",
                "frankfurt, -, 51820, 10, UNKNOWN_REGION, region",
                "frankfurt, us-east, 0, 10, INVALID_PORT, port",
                "frankfurt, us-east, 1023, 10, INVALID_PORT, port",
                "frankfurt, us-east, 65536, 10, INVALID_PORT, port",
                "frankfurt, us-east, -, 10, INVALID_PORT, port",
                "frankfurt, us-east, 51820, 0, INVALID_CAPACITY, capacity",
                "frankfurt, us-east, 51820, 65001, INVALID_CAPACITY, capacity"
            })
    void namesTheFieldThatIsWrong(
            String name, String region, Integer port, Integer capacity, FleetError code, String field) {
        assertThatThrownBy(() -> ServerSpec.of(name, region, port, null, capacity, REGIONS))
                .isInstanceOfSatisfying(VpnException.class, e -> {
                    assertThat(e.code()).isEqualTo(code);
                    assertThat(e.field()).contains(field);
                });
    }

    @Test
    void hasADefaultCapacity() {
        assertThat(ServerSpec.of("frankfurt", "us-east", 1_024, null, null, REGIONS)
                        .capacity())
                .isEqualTo(1_000);
    }
}
