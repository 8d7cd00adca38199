package io.vpnenterprise.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressBlockTest {

    @ParameterizedTest
    @CsvSource({
        "10.64.0.0/10, 0, 10.64.0.0",
        "10.64.0.0/24, 255, 10.64.0.255",
        "10.64.0.0/22, 258, 10.64.1.2",
        "fd5e:91b7:2c40::/64, 0, fd5e:91b7:2c40::",
        "fd5e:91b7:2c40::/64, 2, fd5e:91b7:2c40::2",
        "fd5e:91b7:2c40::/64, 65537, fd5e:91b7:2c40::1:1",
        "fd00:0:0:1::/64, 1, fd00:0:0:1::1",
        "0.0.0.0/0, 1, 0.0.0.1"
    })
    void namesTheAddressAtAPlace(String block, int host, String address) {
        assertThat(AddressBlock.parse(block).address(host)).isEqualTo(address);
    }

    @Test
    void writesIpv6AsRfc5952Does() throws UnknownHostException {
        long seed = System.nanoTime();
        System.out.println("AddressBlockTest seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[16];
            random.nextBytes(bytes);
            for (int group = 0; group < 8; group++) {
                if (random.nextBoolean()) {
                    bytes[2 * group] = 0;
                    bytes[2 * group + 1] = (byte) (random.nextBoolean() ? 0 : random.nextInt());
                }
            }
            InetAddress address = InetAddress.getByAddress(bytes);
            String text = AddressBlock.parse(address.getHostAddress() + "/128").toString();
            assertThat(InetAddress.getByName(text.substring(0, text.indexOf('/'))))
                    .isEqualTo(address);
            assertThat(text).doesNotContain(":::").isEqualTo(text.toLowerCase(java.util.Locale.ROOT));
        }
        assertThat(AddressBlock.parse("2001:db8:0:0:1:0:0:1/128")).hasToString("2001:db8::1:0:0:1/128");
        assertThat(AddressBlock.parse("2001:db8:0:1:1:1:1:1/128")).hasToString("2001:db8:0:1:1:1:1:1/128");
        assertThat(AddressBlock.parse("::/0")).hasToString("::/0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0.0",
                "10.0.0.1/24",
                "10.0.0.0/33",
                "fd00::1/64",
                "host.example/24",
                "10.0.0/24;id",
                "1::/129"
            })
    void refusesWhatIsNoBlock(String text) {
        assertThatThrownBy(() -> AddressBlock.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesAPlaceOutside() {
        assertThatThrownBy(() -> AddressBlock.parse("10.0.0.0/24").address(256))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"1, 24", "253, 24", "254, 23", "1000, 22", "65000, 16"})
    void choosesTheLongestPrefixWithRoom(int peers, int prefix) {
        assertThat(AddressBlock.ipv4PrefixFor(peers)).isEqualTo(prefix);
    }

    @Test
    void findsBlocksThatTouchNoOther() {
        AddressBlock space = AddressBlock.parse("10.64.0.0/20");
        List<AddressBlock> taken =
                new ArrayList<>(List.of(AddressBlock.parse("10.64.1.0/24"), AddressBlock.parse("10.64.4.0/22")));
        List<String> found = new ArrayList<>();
        int[] prefixes = {24, 23, 22, 24, 23};
        for (int prefix : prefixes) {
            AddressBlock free = space.firstFree(prefix, taken).orElseThrow();
            assertThat(taken).noneMatch(free::overlaps);
            taken.add(free);
            found.add(free.toString());
        }
        assertThat(found)
                .containsExactly("10.64.0.0/24", "10.64.2.0/23", "10.64.8.0/22", "10.64.12.0/24", "10.64.14.0/23");
        assertThat(space.firstFree(22, taken)).isEmpty();
    }
}
