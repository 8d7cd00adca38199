package io.vpnenterprise.access.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.platform.Settings;
import io.vpnenterprise.platform.VpnException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientPolicyTest {

    @Test
    void takesTheOperatorsNameServersUnlessSomebodyWantsOthers() {
        assertThat(dns(Optional.empty(), Optional.empty())).containsExactly("198.51.100.53");
        assertThat(dns(Optional.of(DnsLevel.HIGH), Optional.empty())).contains("1.1.1.1", "2606:4700:4700::1111");
        assertThat(dns(Optional.of(DnsLevel.HIGH), Optional.of(DnsLevel.MAXIMUM)))
                .as("the request before the device")
                .containsExactly("9.9.9.9", "149.112.112.112", "2620:fe::fe", "2620:fe::9");
    }

    @Test
    void takesTheDevicesMtuThenThePlatforms() {
        assertThat(mtu(Optional.empty(), Optional.empty())).isEqualTo(1_420);
        assertThat(mtu(Optional.of(Platform.ANDROID), Optional.empty())).isEqualTo(1_280);
        assertThat(mtu(Optional.of(Platform.ANDROID), Optional.of(1_500))).isEqualTo(1_500);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1_279, 1_501})
    void refusesAnMtuThatNoTunnelCanHave(int mtu) {
        assertThatThrownBy(() -> new DeviceSettings(Optional.empty(), Optional.empty(), false, Optional.of(mtu)))
                .isInstanceOfSatisfying(
                        VpnException.class, e -> assertThat(e.code()).isEqualTo(ClientError.INVALID_MTU));
    }

    @Test
    void hasTheseSettings() {
        ClientsConfig config = Configs.config();
        assertThat(config.dns(DnsLevel.STANDARD)).contains("8.8.8.8", "2001:4860:4860::8888");
        assertThat(config.splitTunnelRulesPerUser()).isEqualTo(500);
        assertThat(config.linkLifeMost()).isEqualTo(Duration.ofDays(1));
        assertThat(config.linksPerConnection()).isEqualTo(5);
        assertThat(config.killSwitchEventsPerHour()).isEqualTo(120);
    }

    @Test
    void refusesNameServersThatAreNoAddresses() {
        assertThatThrownBy(() -> new ClientsConfig()
                        .read(new Settings(key -> Optional.ofNullable(Map.of("vpn.clients.dns-high", "dns.example.org")
                                .get(key)))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("vpn.clients.dns-high");
    }

    private static List<String> dns(Optional<DnsLevel> device, Optional<DnsLevel> wish) {
        return fitted(
                        new DeviceSettings(Optional.empty(), device, false, Optional.empty()),
                        new ClientWish(ClientFormat.CONF, Optional.empty(), wish, false))
                .config()
                .dns();
    }

    private static int mtu(Optional<Platform> platform, Optional<Integer> device) {
        return fitted(
                        new DeviceSettings(platform, Optional.empty(), false, device),
                        new ClientWish(ClientFormat.CONF, Optional.empty(), Optional.empty(), false))
                .config()
                .mtu();
    }

    private static FittedConfig fitted(DeviceSettings settings, ClientWish wish) {
        return FittedConfig.of(
                Configs.plain(Optional.empty(), List.of("198.51.100.53"), false),
                ClientPolicy.of(settings, wish, Configs.config(), List.of()));
    }
}
