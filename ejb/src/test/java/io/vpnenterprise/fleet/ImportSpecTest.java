package io.vpnenterprise.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.node.ExistingInterface;
import io.vpnenterprise.node.InterfaceSpec;
import io.vpnenterprise.node.PeerState;
import io.vpnenterprise.platform.VpnException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImportSpecTest {

    @Test
    void keepsFreeWhatTheInterfaceAndItsPeersHaveOnce() {
        ExistingInterface found = found(
                List.of("10.8.0.1/24", "fd00:8::1/64"),
                List.of(
                        List.of("10.8.0.2/32", "fd00:8::2/128"),
                        List.of("10.8.0.3/32", "192.168.7.0/24"),
                        List.of("192.168.7.0/24", "172.16.0.9/32"),
                        List.of()));

        assertThat(ImportSpec.networks(found))
                .extracting(AddressBlock::toString)
                .containsExactly("10.8.0.0/24", "fd00:8::/64", "192.168.7.0/24", "172.16.0.9/32");
    }

    /** A peer that is the way out for the others covers every pool, and harms none. */
    @Test
    void doesNotKeepTheWholeFamilyFree() {
        assertThat(ImportSpec.networks(found(List.of("10.8.0.1/32"), List.of(List.of("0.0.0.0/0", "::/0")))))
                .extracting(AddressBlock::toString)
                .containsExactly("10.8.0.1/32");
    }

    @Test
    void hasRoomForWhoIsThere() {
        ExistingInterface found = found(List.of(), List.of(List.of("10.8.0.2/32"), List.of("10.8.0.3/32")));

        assertThat(spec("wg0", null).toServer(found).capacity()).isEqualTo(1_000);
        assertThat(spec("wg0", 2).toServer(found).capacity()).isEqualTo(2);
        assertThat(spec("wg0", 2).toServer(found).port()).isEqualTo(443);
        assertThatThrownBy(() -> spec("wg0", 1).toServer(found))
                .isInstanceOfSatisfying(
                        VpnException.class, e -> assertThat(e.code()).isEqualTo(FleetError.CAPACITY_IN_USE));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "0wg", "wg 0", "wg/0", "../wg0", "abcdefghijklmnop", "wg0;", "-wg", "wg\n"})
    void refusesWhatIsNoInterfacesName(String name) {
        assertThatThrownBy(() -> spec(name, null)).isInstanceOfSatisfying(VpnException.class, e -> assertThat(e.code())
                .isEqualTo(FleetError.INVALID_INTERFACE));
    }

    private static ImportSpec spec(String interfaceName, Integer capacity) {
        return ImportSpec.of(interfaceName, "first", "eu", UUID.randomUUID(), capacity, List.of("eu"));
    }

    private static ExistingInterface found(List<String> addresses, List<List<String>> allowedIps) {
        return new ExistingInterface(
                new InterfaceSpec("wg0", WireGuardKeyPair.generate().privateKey(), 443, addresses, 1_420),
                "first",
                allowedIps.stream()
                        .map(networks -> new PeerState(
                                WireGuardKeyPair.presharedKey(),
                                Optional.empty(),
                                networks,
                                Optional.empty(),
                                Optional.empty(),
                                0,
                                0))
                        .toList());
    }
}
