package io.vpnenterprise.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

    private final TrustedProxies proxies = TrustedProxies.of(List.of("127.0.0.1", "10.0.0.0/8", "fd00::/8"));

    @ParameterizedTest(name = "{0} says {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            127.0.0.1       | 203.0.113.7                       | 203.0.113.7
            127.0.0.1       | 198.51.100.1, 203.0.113.7         | 203.0.113.7
            127.0.0.1       | 198.51.100.1, 203.0.113.7,10.1.2.3| 203.0.113.7
            10.9.9.9        | 10.1.1.1, 10.2.2.2                | 10.1.1.1
            203.0.113.9     | 198.51.100.1                      | 203.0.113.9
            11.0.0.1        | 198.51.100.1                      | 11.0.0.1
            127.0.0.1       | 203.0.113.7:4711                  | 203.0.113.7
            127.0.0.1       | [2001:DB8:0::1]:443               | 2001:db8::1
            fd00:0:0::7     | 2001:db8:0:0:1:0:0:1              | 2001:db8::1:0:0:1
            fd00:0:0::7%eth0| fe80::1%eth0                      | fe80::1
            127.0.0.1       | ::ffff:203.0.113.7                | 203.0.113.7
            ::ffff:127.0.0.1| 203.0.113.7                       | 203.0.113.7
            127.0.0.1       | 203.0.113.7, unknown              | 127.0.0.1
            127.0.0.1       | 203.0.113.7, example.org, 10.0.0.1| 10.0.0.1
            127.0.0.1       | 1.2.3, 1.2.3.4.5                  | 127.0.0.1
            127.0.0.1       | 010.0.0.1                         | 127.0.0.1
            127.0.0.1       | ,,,                               | 127.0.0.1
            127.0.0.1       | ''                                | 127.0.0.1
            0:0:0:0:0:0:0:1 | 203.0.113.7                       | ::1
            """)
    void believesOnlyTrustedProxies(String peer, String forwardedFor, String client) {
        assertThat(proxies.clientOf(peer, List.of(forwardedFor))).isEqualTo(client);
    }

    @Test
    void readsSeveralHeadersAsOneList() {
        assertThat(proxies.clientOf("127.0.0.1", List.of("198.51.100.1", "203.0.113.7, 10.0.0.1")))
                .isEqualTo("203.0.113.7");
    }

    @Test
    void believesNobodyByDefault() {
        assertThat(TrustedProxies.of(List.of()).clientOf("127.0.0.1", List.of("203.0.113.7")))
                .isEqualTo("127.0.0.1");
    }

    @Test
    void answersWhateverIsInTheHeader() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "0123456789abcdefg.:.:,,[]%/ \"\u00e4\0";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder garbage = new StringBuilder();
            for (int length = random.nextInt(60); length > 0; length--) {
                garbage.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertThat(proxies.clientOf("127.0.0.1", List.of(garbage.toString())))
                    .as("%s, seed %d", garbage, seed)
                    .matches("[0-9a-f.:]{2,45}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"proxy.example.org", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/", "/8", "10.0.0.0/-1", "::/129"})
    void refusesWhatIsNoNetwork(String cidr) {
        assertThatThrownBy(() -> TrustedProxies.of(List.of(cidr)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(cidr);
    }

    @ParameterizedTest
    @CsvSource({"203.0.113.7, 203.0.113.7", "2001:db8:1:2:3::4, 2001:db8:1:2::/64", "'', ''"})
    void limitsCountAnIpv6CustomerOnce(String address, String network) {
        assertThat(new Origin(address, "", "").network()).isEqualTo(network);
    }
}
