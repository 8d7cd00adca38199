package io.vpnenterprise.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SecretsTest {

    private static final byte[] PLAIN = "a private key".getBytes(StandardCharsets.UTF_8);

    private final Secrets secrets = secrets((byte) 1);

    @Test
    void opensWhatItSealed() {
        byte[] sealed = secrets.seal(PLAIN, "row 1");
        assertThat(secrets.open(sealed, "row 1")).isEqualTo(PLAIN);
        assertThat(secrets.seal(PLAIN, "row 1")).isNotEqualTo(sealed);
    }

    @Test
    void doesNotOpenUnderAnotherKeyOrForAnotherPurposeOrAltered() {
        byte[] sealed = secrets.seal(PLAIN, "row 1");
        assertThatThrownBy(() -> secrets((byte) 2).open(sealed, "row 1")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> secrets.open(sealed, "row 2")).isInstanceOf(IllegalStateException.class);
        for (int i = 0; i < sealed.length; i++) {
            byte[] altered = sealed.clone();
            altered[i] ^= 1;
            assertThatThrownBy(() -> secrets.open(altered, "row 1")).isInstanceOf(IllegalStateException.class);
        }
        assertThatThrownBy(() -> secrets.open(new byte[3], "row 1")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTicketIsNeededBesideTheKey() {
        byte[] sealed = secrets.sealWithTicket(PLAIN, "ticket", "row 1");
        assertThat(secrets.openWithTicket(sealed, "ticket", "row 1")).isEqualTo(PLAIN);
        assertThatThrownBy(() -> secrets.openWithTicket(sealed, "tickex", "row 1"))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> secrets.open(sealed, "row 1")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void hashesUnderAKeyOfEachPurpose() {
        byte[] mac = secrets.mac("text", "one");
        assertThat(mac).hasSize(32).isEqualTo(secrets.mac("text", "one"));
        assertThat(secrets.mac("text", "other")).isNotEqualTo(mac);
        assertThat(secrets.mac("texu", "one")).isNotEqualTo(mac);
        assertThat(secrets((byte) 2).mac("text", "one")).isNotEqualTo(mac);
    }

    private static Secrets secrets(byte fill) {
        byte[] key = new byte[32];
        java.util.Arrays.fill(key, fill);
        Secrets secrets = new Secrets();
        secrets.config = new PlatformConfig();
        secrets.config.read(new Settings(name ->
                Optional.ofNullable(Map.of("vpn.master-key", Base64.getEncoder().encodeToString(key))
                        .get(name))));
        return secrets;
    }
}
