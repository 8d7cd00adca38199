package io.vpnenterprise.access.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.access.ClientConfig;
import io.vpnenterprise.fleet.AddressBlock;
import io.vpnenterprise.platform.VpnException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTunnelTest {

    @Test
    void sendsEverythingThroughTheTunnelWithoutRules() {
        assertThat(compile()).isEqualTo(PrefixSet.EVERYTHING);
    }

    @Test
    void sendsEverythingButWhatIsExcluded() {
        assertThat(compile(exclude("128.0.0.0/1", 0)).blocks()).hasToString("[0.0.0.0/1, ::/0]");
    }

    @Test
    void sendsOnlyWhatIsIncludedLessWhatIsExcluded() {
        assertThat(compile(exclude("10.0.0.0/9", 5), include("10.0.0.0/8", 5)).blocks())
                .hasToString("[10.128.0.0/9]");
    }

    @Test
    void letsTheHigherPriorityHoldWhereRulesOverlap() {
        assertThat(compile(exclude("10.0.0.0/8", 1), include("10.1.0.0/16", 2))
                        .contains(AddressBlock.parse("10.1.0.0/16")))
                .isTrue();
        assertThat(compile(include("10.1.0.0/16", 2), exclude("10.0.0.0/8", 3)).blocks())
                .isEmpty();
    }

    @Test
    void alwaysHasTheServerAndTheNameServersInTheTunnel() {
        ClientConfig fitted = fit(Optional.of(Platform.IOS), include("192.0.2.128/25", 0));
        assertThat(fitted.allowedIps())
                .containsExactlyInAnyOrder("192.0.2.128/25", "10.64.0.1/32", "9.9.9.9/32", "fd5e:91b7:2c40::1/128");
    }

    /** The endpoint is 192.0.2.7. */
    @Test
    void keepsTheTunnelsOwnPacketsOutOfItWhereNothingElseDoes() {
        assertThat(inTunnel(fit(Optional.of(Platform.LINUX), exclude("128.0.0.0/1", 0)), "192.0.2.7/32"))
                .isFalse();
        assertThat(inTunnel(fit(Optional.empty(), exclude("10.0.0.0/8", 0)), "192.0.2.7/32"))
                .isFalse();
        assertThat(inTunnel(fit(Optional.of(Platform.ANDROID), exclude("10.0.0.0/8", 0)), "192.0.2.7/32"))
                .isTrue();
        assertThat(inTunnel(fit(Optional.of(Platform.LINUX), exclude("2001:db8::/32", 0)), "192.0.2.7/32"))
                .as("with the whole family the packets are marked")
                .isTrue();
    }

    @Test
    void refusesMoreNetworksThanAClientCanHaveRoutesFor() {
        List<SplitTunnelRule.Spec> rules = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            rules.add(exclude("2001:db8:" + Integer.toHexString(0x1000 + i * 257) + "::1", 0));
        }
        assertThatThrownBy(() -> SplitTunnel.compile(rules))
                .isInstanceOfSatisfying(
                        VpnException.class, e -> assertThat(e.code()).isEqualTo(ClientError.TOO_MANY_NETWORKS));
    }

    @Test
    void refusesAKillSwitchThatWouldHaveToLetTooManyNetworksOut() {
        List<SplitTunnelRule.Spec> rules = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            rules.add(include("198.18." + i + ".1", 0));
            rules.add(include("2001:db8:" + Integer.toHexString(0x1000 + i * 257) + "::1", 0));
        }
        ClientWish wish = ClientWish.NONE;
        ClientPolicy.of(DeviceSettings.NONE, wish, Configs.config(), rules);
        DeviceSettings closed = new DeviceSettings(Optional.empty(), Optional.empty(), true, Optional.empty());
        assertThatThrownBy(() -> ClientPolicy.of(closed, wish, Configs.config(), rules))
                .isInstanceOfSatisfying(
                        VpnException.class, e -> assertThat(e.code()).isEqualTo(ClientError.TOO_MANY_NETWORKS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "example.org",
                "10.0.0.1/8",
                "10.0.0.0/33",
                "10.0.0",
                "1.2.3.4.5",
                "256.0.0.1",
                "::/129",
                "fe80::1%eth0",
                "abc",
                "::ffff:192.0.2.1",
                "1::2::3",
                "10.0.0.0/8\nPostUp = reboot",
                " 10.0.0.0/8",
                ""
            })
    void refusesWhatIsNoNetwork(String value) {
        assertThatThrownBy(() -> exclude(value, 0)).isInstanceOfSatisfying(VpnException.class, e -> assertThat(e.code())
                .isEqualTo(ClientError.INVALID_SPLIT_TUNNEL_NETWORK));
    }

    @Test
    void writesNetworksInOneWay() {
        assertThat(exclude("192.0.2.1", 0).network()).isEqualTo("192.0.2.1/32");
        assertThat(exclude("2001:DB8:0:0::/32", 0).network()).isEqualTo("2001:db8::/32");
    }

    private static boolean inTunnel(ClientConfig config, String address) {
        return PrefixSet.of(Networks.own(config.allowedIps())).contains(AddressBlock.parse(address));
    }

    private static ClientConfig fit(Optional<Platform> platform, SplitTunnelRule.Spec... rules) {
        ClientPolicy policy = ClientPolicy.of(
                DeviceSettings.NONE,
                new ClientWish(ClientFormat.CONF, platform, Optional.empty(), false),
                Configs.config(),
                List.of(rules));
        return FittedConfig.of(Configs.plain(Optional.empty(), List.of("9.9.9.9"), false), policy)
                .config();
    }

    private static PrefixSet compile(SplitTunnelRule.Spec... rules) {
        return SplitTunnel.compile(List.of(rules));
    }

    private static SplitTunnelRule.Spec include(String network, int priority) {
        return Configs.rule(true, network, priority);
    }

    private static SplitTunnelRule.Spec exclude(String network, int priority) {
        return Configs.rule(false, network, priority);
    }
}
