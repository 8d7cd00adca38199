package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {

    @ParameterizedTest
    @CsvSource({
        "10.8.0.1/32, 10.8.0.1/32",
        "10.8.0.77/24, 10.8.0.0/24",
        "255.255.255.255/0, 0.0.0.0/0",
        "0.0.0.0/9, 0.0.0.0/9",
        "::/0, ::/0",
        "::1/128, ::1/128",
        "fd00::/8, fd00::/8",
        "FD00:8:0:0:0:0:0:2/128, fd00:8::2/128",
        "1:2:3:4:5:6:7:8/127, 1:2:3:4:5:6:7:8/127",
        "1:2:3:4:5:6:7::/112, 1:2:3:4:5:6:7:0/112",
        "::ffff:1.2.3.4/128, ::ffff:102:304/128",
        "2001:db8::9/64, 2001:db8::/64"
    })
    void hasOneFormForEachNetwork(String text, String form) {
        assertThat(Networks.parse(List.of(text)).texts()).containsExactly(form);
        assertThat(Networks.parse(List.of(form, text))).isEqualTo(Networks.parse(List.of(form)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "10.8.0.1",
                "10.8.0.1/",
                "10.8.0/24",
                "10.8.0.1.2/32",
                "10.8.0.1/33",
                "10.8.0.1/-1",
                "10.8.0.1/032",
                "01.8.0.1/32",
                "256.0.0.1/32",
                "10..0.1/32",
                "1:2:3/64",
                ":1::/64",
                "1:::2/64",
                "1::2::3/64",
                "1:2:3:4:5:6:7:8:9/64",
                "1:2:3:4:5:6:7:8::/64",
                "::1/129",
                "12345::/64",
                "g::/64",
                "1:/64",
                "1.2.3.4::/64",
                "::1.2.3/64",
                "fe80::1%eth0/64",
                "1:2:3:4:5:6:7:1.2.3.4/64",
                "::1/128 "
            })
    void takesNothingElse(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Networks.parse(text))
                .withMessage("not an address with a prefix length");
    }

    @Test
    void doesNotDependOnOrder() {
        assertThat(Networks.parse(List.of("fd00::1/128", "10.8.0.2/32", "10.8.0.1/32")))
                .isEqualTo(Networks.parse(List.of("10.8.0.1/32", "10.8.0.2/32", "fd00::1/128")))
                .isNotEqualTo(Networks.parse(List.of("10.8.0.1/32", "10.8.0.2/31", "fd00::1/128")));
    }

    @Test
    void knowsWhatTheBeginningOfItsLineMeans() {
        assertThat(Networks.cutOff(Networks.parse("192.168.1.1/32"))).containsExactly(Networks.parse("192.168.1.1/3"));
        assertThat(Networks.cutOff(Networks.parse("fd00::1/128")))
                .containsExactly(Networks.parse("fd00::1/12"), Networks.parse("fd00::1/1"));
        assertThat(Networks.cutOff(Networks.parse("10.0.0.0/8"))).isEmpty();
    }
}
