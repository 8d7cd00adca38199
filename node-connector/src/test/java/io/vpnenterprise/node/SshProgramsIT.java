package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vpnenterprise.node.NodeException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs by SSH do what those of this machine do, through a real OpenSSH server. */
@Timeout(120)
class SshProgramsIT {

    @TempDir
    static Path directory;

    private static SshServer server;

    private final SshSessions sessions = new SshSessions();
    private SshPrograms programs;

    @BeforeAll
    static void startServer() throws IOException {
        Parts.require("sshd", "ssh-keygen");
        server = new SshServer(directory);
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void connect() {
        programs = new SshPrograms(sessions, server.host());
    }

    @AfterEach
    void stop() {
        programs.close();
        sessions.close();
    }

    @Test
    void tellsAProgramsWordsFromTheLoginShells() {
        Programs.Ended fine = programs.run(List.of("printf", "10.8.0.1/24"), "", soon());
        Programs.Ended failed = programs.run(List.of("cat", "/no/such/file"), "", soon());

        assertThat(fine.text()).isEqualTo("10.8.0.1/24");
        assertThat(fine.stderr()).isEmpty();
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.reason()).isEqualTo("cat: /no/such/file: No such file or directory");
    }

    @Test
    void passesInputAsItIs() {
        String input = "$(id)\n'x' \u00e9 " + "y".repeat(3_000_000);

        assertThat(programs.run(List.of("cat"), input, soon()).text()).isEqualTo(input);
    }

    @Test
    void passesAThousandKeysAsArguments() {
        List<String> argv = new ArrayList<>(List.of("echo"));
        for (int i = 0; i < PeerChange.MAX_BATCH; i++) {
            argv.addAll(List.of("peer", Keys.random().base64(), "remove"));
        }

        assertThat(programs.run(argv, "", soon()).text())
                .isEqualTo(String.join(" ", argv.subList(1, argv.size())) + "\n");
    }

    @Test
    void startsProgramsWithoutTheLoginsEnvironment() {
        assertThat(programs.run(List.of("env"), "", soon()).text().lines())
                .containsExactlyInAnyOrder("PATH=" + String.join(":", Programs.DIRECTORIES), "LC_ALL=C");
    }

    @Test
    void saysWhichProgramsAreMissing() {
        NodeConnectionContract.assertReason(Reason.REFUSED, () -> programs.run(List.of("no-such-program"), "", soon()));
        programs.require(List.of("cat", "ls"), soon());
        NodeConnectionContract.assertReason(
                Reason.REFUSED, () -> programs.require(List.of("cat", "no-such-program"), soon()));
    }

    @Test
    void stopsAProgramThatPrintsWithoutEnd() {
        NodeConnectionContract.assertReason(
                Reason.UNAVAILABLE, () -> programs.run(List.of("cat", "/dev/zero"), "", soon()));

        assertThat(programs.run(List.of("echo", "next"), "", soon()).text()).isEqualTo("next\n");
    }

    @Test
    void endsWhatGoesOnAfterItsDeadlineOnTheHostToo() throws IOException {
        Path late = directory.resolve("late");
        Path slow = Files.writeString(directory.resolve("slow"), "sleep 2\ntouch $1\n");
        List<String> argv = List.of("sh", slow.toString(), late.toString());
        NodeConnectionContract.assertReason(
                Reason.UNAVAILABLE, () -> programs.run(argv, "", in(Duration.ofMillis(600))));

        assertThat(programs.run(List.of("echo", "next"), "", soon()).text()).isEqualTo("next\n");
        programs.run(List.of("sleep", "3"), "", soon());
        assertThat(late).doesNotExist();
    }

    @Test
    void costsOnlyItsDeadlineWhenTheHostHangs() throws IOException {
        try (Relay relay = new Relay(server.port);
                SshPrograms hanging = new SshPrograms(sessions, server.host(relay.port, server.hostKey()))) {
            hanging.run(List.of("true"), "", soon());
            relay.swallow();

            for (int call = 0; call < 2; call++) {
                // The first on the kept session, the second on one that never comes up.
                long start = System.nanoTime();
                NodeConnectionContract.assertReason(
                        Reason.UNAVAILABLE, () -> hanging.run(List.of("true"), "", in(Duration.ofMillis(500))));
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            }
        }
    }

    @Test
    void keepsOneSessionAndOpensAnotherWhenItBroke() throws IOException {
        int before = server.log().length();
        for (int i = 0; i < 20; i++) {
            programs.run(List.of("true"), "", soon());
        }
        assertThat(server.log().substring(before)).containsOnlyOnce("Accepted publickey");

        server.stop();
        server.start();
        programs.run(List.of("true"), "", soon());
    }

    @Test
    void saysThatTheHostDoesNotKnowThePlatformsKey() {
        SshHost stranger = new SshHost("127.0.0.1", server.port, "root", server.hostKey(), SshKeyPair.generate());
        try (SshPrograms refused = new SshPrograms(sessions, stranger)) {
            NodeConnectionContract.assertReason(Reason.REFUSED, () -> refused.run(List.of("true"), "", soon()));
        }
    }

    @Test
    void endsACallUnderWayWhenItIsClosed() throws Exception {
        Path begun = directory.resolve("begun");
        Path slow = Files.writeString(directory.resolve("begins"), "touch $1\nsleep 15\n");
        List<String> argv = List.of("sh", slow.toString(), begun.toString());
        Thread closing = new Thread(() -> {
            await("the call is under way").until(() -> Files.exists(begun));
            programs.close();
        });
        closing.start();

        NodeConnectionContract.assertReason(Reason.UNAVAILABLE, () -> programs.run(argv, "", soon()));
        NodeConnectionContract.assertReason(Reason.UNAVAILABLE, () -> programs.run(List.of("true"), "", soon()));
        closing.join();
    }

    private static Deadline soon() {
        return in(Duration.ofSeconds(20));
    }

    private static Deadline in(Duration duration) {
        return Deadline.after(duration);
    }
}
