package io.vpnenterprise.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WireGuardKeyPairTest {

    @Test
    void privateKeysAreClampedAsRfc7748Says() {
        for (int i = 0; i < 100; i++) {
            byte[] key = WireGuardKeyPair.generate().privateKey().bytes();
            assertThat(key[0] & 7).isZero();
            assertThat(key[31] & 0xc0).isEqualTo(0x40);
        }
    }

    @Test
    void keysDoNotRepeatAndDoNotShow() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            WireGuardKeyPair pair = WireGuardKeyPair.generate();
            assertThat(seen.add(pair.publicKey().base64())).isTrue();
            assertThat(seen.add(WireGuardKeyPair.presharedKey().base64())).isTrue();
            assertThat(pair.toString()).doesNotContain(pair.privateKey().base64());
        }
    }
}
