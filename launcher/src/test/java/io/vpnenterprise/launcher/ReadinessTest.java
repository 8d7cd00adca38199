package io.vpnenterprise.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadinessTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"message":"VPN Enterprise does not start: vpn.x is \\"7\\"","thread":1} | vpn.x is "7"
            {"LogMessage":"Exception while loading the app"}                          | Exception while loading the app
            ERROR WFLYCTL0013: Operation ("deploy") failed - address: ([])            | WFLYCTL0013: Operation ("deploy") failed - address: ([])
            {"message":"WFLYCTL0186:   Services which failed to start:"}              | WFLYCTL0186:   Services which failed to start:
            {"message":"vpn-enterprise was successfully deployed"}                    |
            """)
    void knowsWhenADeploymentFailed(String line, String reason) {
        assertThat(Readiness.refusalIn(line).orElse(null)).isEqualTo(reason);
    }
}
