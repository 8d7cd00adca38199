package io.vpnenterprise.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

    @Test
    void takesTheDefaultOnlyWhereNothingIsSet() {
        Settings settings = settings(Map.of("vpn.a", "7", "vpn.b", " "));
        assertThat(settings.number("vpn.a", 1, 0, 9)).isEqualTo(7);
        assertThat(settings.number("vpn.b", 1, 0, 9)).isEqualTo(1);
        assertThat(settings.list("vpn.c", List.of("x"))).containsExactly("x");
    }

    @Test
    void refusesWhatIsOutsideItsRange() {
        Settings settings = settings(Map.of("vpn.n", "10", "vpn.d", "PT1H", "vpn.t", "soon"));
        assertThatThrownBy(() -> settings.number("vpn.n", 1, 0, 9))
                .hasMessageContaining("vpn.n")
                .hasMessageContaining("0 to 9");
        assertThatThrownBy(
                        () -> settings.duration("vpn.d", Duration.ofSeconds(1), Duration.ZERO, Duration.ofMinutes(1)))
                .hasMessageContaining("vpn.d");
        assertThatThrownBy(
                        () -> settings.duration("vpn.t", Duration.ofSeconds(1), Duration.ZERO, Duration.ofMinutes(1)))
                .hasMessageContaining("vpn.t");
    }

    @Test
    void readsASecretFromItsFileAndRefusesTwo(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("key"), "secret\n");
        assertThat(settings(Map.of("vpn.key-file", file.toString())).secret("vpn.key"))
                .contains("secret");
        assertThatThrownBy(() -> settings(Map.of("vpn.key-file", file.toString(), "vpn.key", "x"))
                        .secret("vpn.key"))
                .hasMessageContaining("both");
        assertThatThrownBy(() -> settings(Map.of("vpn.key-file", "/nowhere")).secret("vpn.key"))
                .hasMessageContaining("/nowhere");
    }

    @Test
    void refusesAnEmptySecretFileAndSeesWhoMayReadOne(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("key"), "\n");
        assertThatThrownBy(
                        () -> settings(Map.of("vpn.key-file", file.toString())).secret("vpn.key"))
                .hasMessageContaining("vpn.key-file")
                .hasMessageContaining("empty");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThat(Settings.isOpenToOthers(file)).isFalse();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(Settings.isOpenToOthers(file)).isTrue();
    }

    @Test
    void refusesNamesThatNobodyKnows() {
        Settings settings = settings(Map.of());
        settings.text("vpn.public-url");
        settings.refuseUnknown(Set.of("vpn.public-url", "other.thing"), Set.of("VPN_PUBLIC_URL", "PATH"));
        assertThatThrownBy(() -> settings.refuseUnknown(Set.of("vpn.public-uri"), Set.of()))
                .hasMessageContaining("vpn.public-uri");
        assertThatThrownBy(() -> settings.refuseUnknown(Set.of(), Set.of("VPN_PUBLIC_URI")))
                .hasMessageContaining("VPN_PUBLIC_URI");
    }

    private static Settings settings(Map<String, String> values) {
        return new Settings(key -> Optional.ofNullable(values.get(key)));
    }
}
