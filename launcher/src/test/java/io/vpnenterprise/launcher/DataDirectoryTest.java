package io.vpnenterprise.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    Path path;

    @Test
    void isHeldByOneLauncherAtATime() {
        DataDirectory first = DataDirectory.open(path);
        assertThatThrownBy(() -> DataDirectory.open(path)).hasMessage("Another launcher is running on " + path + ".");
        first.close();
        DataDirectory.open(path).close();
    }

    @Test
    void makesAMasterKeyOf32BytesThatOnlyItsOwnerReads() throws Exception {
        try (DataDirectory data = DataDirectory.open(path)) {
            data.prepareSecrets();
            assertThat(Base64.getDecoder()
                            .decode(Files.readString(data.masterKey()).strip()))
                    .hasSize(32);
            assertThat(Files.getPosixFilePermissions(data.masterKey()))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void keepsTheMasterKeyAndHandsTheAdminPasswordOutOnce() throws Exception {
        try (DataDirectory data = DataDirectory.open(path)) {
            data.prepareSecrets();
            String key = Files.readString(data.masterKey());
            assertThat(data.takeAdminPassword()).isPresent();

            data.prepareSecrets();
            assertThat(Files.readString(data.masterKey())).isEqualTo(key);
            assertThat(data.takeAdminPassword()).isEmpty();
        }
    }

    @Test
    void keepsTheAdminPasswordUntilSomebodySawIt() throws Exception {
        try (DataDirectory data = DataDirectory.open(path)) {
            data.prepareSecrets();
            String password = Files.readString(data.adminPassword()).strip();
            data.prepareSecrets();
            assertThat(data.takeAdminPassword()).contains(password);
        }
    }
}
