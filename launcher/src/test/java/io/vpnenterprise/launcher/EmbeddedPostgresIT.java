package io.vpnenterprise.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same contract for an installed PostgreSQL and for the bundled one. */
class EmbeddedPostgresIT {

    @TempDir
    Path home;

    @Test
    void beginsAnewAfterAFirstStartThatWasCutShort() throws Exception {
        Files.createDirectories(home.resolve("unfinished").resolve("data"));
        Files.writeString(home.resolve("unfinished").resolve("data").resolve("PG_VERSION"), "1");
        try (EmbeddedPostgres postgres = start(home, PostgresBinaries.find())) {
            assertThat(postgres.isAlive()).isTrue();
        }
        assertThat(home.resolve("unfinished")).doesNotExist();
    }

    @Test
    void keepsPasswordsWhereOnlyTheirOwnerReads() throws Exception {
        try (EmbeddedPostgres postgres = start(home, PostgresBinaries.find())) {
            assertThat(postgres.database().toString())
                    .doesNotContain(postgres.database().password());
            for (String role : new String[] {"vpn", "postgres"}) {
                assertThat(Files.getPosixFilePermissions(home.resolve(role + ".password")))
                        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            }
        }
    }

    @Test
    void worksWithoutASocketWhenThePathIsTooLongForOne() throws Exception {
        // The temporary directory is root's alone when root runs the test.
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
        try (EmbeddedPostgres postgres = start(home.resolve("d".repeat(100)), PostgresBinaries.find())) {
            assertThat(postgres.isAlive()).isTrue();
        }
    }

    @Test
    void namesTheVersionThatItCannotOpen() throws Exception {
        Files.createDirectories(home.resolve("data"));
        Files.writeString(home.resolve("data").resolve("PG_VERSION"), "9\n");
        assertThatThrownBy(() -> start(home, PostgresBinaries.find()))
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("was written by PostgreSQL 9");
        assertThatThrownBy(() -> EmbeddedPostgres.start(home))
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("was written by PostgreSQL 9");
    }

    @Nested
    class Installed extends Contract {
        @Override
        Optional<PostgresBinaries> candidates() {
            return PostgresBinaries.installed().stream().findFirst();
        }
    }

    @Nested
    class Bundled extends Contract {
        @Override
        Optional<PostgresBinaries> candidates() {
            return PostgresBinaries.bundled();
        }
    }

    @BeforeAll
    static void needsAnUnprivilegedUser() {
        require(!UnprivilegedUser.isRoot() || Command.find("setpriv").isPresent(), "setpriv, to leave root with");
    }

    abstract static class Contract {
        @TempDir
        Path home;

        abstract Optional<PostgresBinaries> candidates();

        @Test
        void ownsADatabaseOnLoopbackAndMayMakeNoOther() throws SQLException {
            try (EmbeddedPostgres postgres = start()) {
                assertThat(value(postgres.database(), "SHOW listen_addresses")).isEqualTo("127.0.0.1");
                assertThat(value(postgres.database(), "SHOW server_encoding")).isEqualTo("UTF8");
                assertThat(value(
                                postgres.database(),
                                "SELECT NOT rolcreatedb AND NOT rolcreaterole AND NOT rolsuper "
                                        + "FROM pg_roles WHERE rolname = current_user"))
                        .isEqualTo("t");
                assertThatThrownBy(() -> execute(postgres.database(), "CREATE DATABASE other"))
                        .hasMessageContaining("permission denied");
            }
        }

        @Test
        void letsTenantsIntoTheirOwnByTlsAlone() throws SQLException {
            Optional<PostgresBinaries> found = candidates();
            require(found.isPresent(), "a PostgreSQL of this kind");
            try (EmbeddedPostgres postgres = EmbeddedPostgres.startForTenants(home, found.get(), Ports.free())) {
                Database superuser = postgres.superuser();
                execute(superuser, "CREATE ROLE mine");
                execute(superuser, "CREATE ROLE login LOGIN PASSWORD 'secret' IN ROLE mine");
                execute(superuser, "CREATE DATABASE mine");
                execute(superuser, "CREATE DATABASE theirs");

                assertThat(value(as("mine", superuser), "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                        .isEqualTo("t");
                assertThatThrownBy(() -> as("theirs", superuser).connect()).hasMessageContaining("pg_hba.conf");
                assertThatThrownBy(() -> as("postgres", superuser).connect()).hasMessageContaining("pg_hba.conf");
                assertThatThrownBy(() -> DriverManager.getConnection(
                                "jdbc:postgresql://" + superuser.host() + ":" + superuser.port()
                                        + "/mine?sslmode=disable",
                                "login",
                                "secret"))
                        .hasMessageContaining("pg_hba.conf");
            }
        }

        private static Database as(String database, Database superuser) {
            return new Database(superuser.host(), superuser.port(), database, "login", "secret");
        }

        @Test
        void refusesAWrongPassword() {
            try (EmbeddedPostgres postgres = start()) {
                Database right = postgres.database();
                Database wrong = new Database(right.host(), right.port(), right.name(), right.user(), "guess");
                assertThatThrownBy(wrong::connect).hasMessageContaining("password authentication failed");
            }
        }

        @Test
        void leavesNoProcessAndKeepsItsDataOverAStop() throws SQLException {
            EmbeddedPostgres stopped = start();
            execute(stopped.database(), "CREATE TABLE note AS SELECT 'kept' AS text");
            String password = stopped.database().password();
            stopped.close();
            assertThat(ProcessHandle.of(stopped.pid()).filter(ProcessHandle::isAlive))
                    .isEmpty();

            try (EmbeddedPostgres postgres = start()) {
                assertThat(value(postgres.database(), "SELECT text FROM note")).isEqualTo("kept");
                assertThat(postgres.database().password()).isEqualTo(password);
            }
        }

        @Test
        void keepsWhatWasCommittedBeforeAKill() throws SQLException {
            EmbeddedPostgres killed = start();
            execute(killed.database(), "CREATE TABLE note AS SELECT 'kept' AS text");
            killed.kill();
            try (EmbeddedPostgres postgres = start()) {
                assertThat(value(postgres.database(), "SELECT text FROM note")).isEqualTo("kept");
            }
        }

        @Test
        void replacesTheServerOfALauncherThatWasKilled() throws SQLException {
            EmbeddedPostgres leftover = start();
            execute(leftover.database(), "CREATE TABLE note AS SELECT 'kept' AS text");
            try (EmbeddedPostgres postgres = start()) {
                assertThat(leftover.isAlive()).isFalse();
                assertThat(value(postgres.database(), "SELECT text FROM note")).isEqualTo("kept");
            }
        }

        private EmbeddedPostgres start() {
            Optional<PostgresBinaries> found = candidates();
            require(found.isPresent(), "a PostgreSQL of this kind");
            return EmbeddedPostgresIT.start(home, found.get());
        }
    }

    private static EmbeddedPostgres start(Path home, PostgresBinaries binaries) {
        return EmbeddedPostgres.start(home, binaries, Ports.free(), Map.of("fsync", "off"));
    }

    private static void execute(Database database, String statement) throws SQLException {
        try (Connection connection = database.connect();
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    private static String value(Database database, String query) throws SQLException {
        try (Connection connection = database.connect();
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Skips, or with tests.require-parts fails, a test whose part this machine lacks. */
    private static void require(boolean present, String part) {
        if (!present && Boolean.getBoolean("tests.require-parts")) {
            fail("This machine lacks " + part + ".");
        }
        assumeTrue(present, "This machine lacks " + part + ".");
    }
}
