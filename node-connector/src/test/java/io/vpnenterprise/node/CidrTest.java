package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

    @ParameterizedTest
    @CsvSource({
        "10.8.0.1/24, 10.8.0.0/24",
        "10.8.0.255/25, 10.8.0.128/25",
        "10.8.0.1/32, 10.8.0.1/32",
        "255.255.255.255/0, 0.0.0.0/0",
        "fd00:8::1/64, fd00:8::/64",
        "fd00:8::1:2:3:4/60, fd00:8::/60",
        "2001:db8::8001/113, 2001:db8::8000/113",
        "::1/0, ::/0",
    })
    void findsTheNetwork(String address, String network) {
        assertThat(Cidr.parse(address).network()).hasToString(network).isEqualTo(Cidr.parse(network));
    }

    @ParameterizedTest
    @CsvSource({
        "FD00:0008:0:0:0:0:0:2/128, fd00:8::2/128",
        "0:0:0:0:0:0:0:0/0, ::/0",
        "0:0:0:0:0:0:0:1/128, ::1/128",
        "1:0:0:0:0:0:0:0/128, 1::/128",
        "2001:db8:0:1:1:1:1:1/128, 2001:db8:0:1:1:1:1:1/128",
        "2001:0:0:1:0:0:0:1/128, 2001:0:0:1::1/128",
        "2001:db8:0:0:1:0:0:1/128, 2001:db8::1:0:0:1/128",
    })
    void writesIpv6AsDevicesDo(String any, String canonical) {
        assertThat(Cidr.parse(any)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.8.0.1",
                "10.8.0.300/32",
                "10.8.0/24",
                "10.8.0.1/33",
                "10.8.0.1/-1",
                "fd00::1/129",
                "fd00:::1/64",
                "::ffff:10.8.0.1/128",
                "abba/16",
                "10.8.0.1/24\nprivate_key=",
                "fe80::1%eth0/64",
            })
    void refusesWhatIsNone(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse(text));
    }

    @Test
    void letsNothingThroughThatEndsALine() {
        assertThat(Cidr.isHarmless("10.8.0.2/32\n")).isFalse();
        assertThat(Cidr.isHarmless("10.8.0.2/32 ")).isFalse();
        assertThat(Cidr.isHarmless("10.8.0.2/32, 10.8.0.3/32")).isFalse();
    }
}
