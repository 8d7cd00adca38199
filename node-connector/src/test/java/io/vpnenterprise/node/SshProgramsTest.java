package io.vpnenterprise.node;

import io.vpnenterprise.node.NodeException.Reason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshProgramsTest {

    /** Nobody is there: what is refused is refused before anybody is asked. */
    private final SshHost nobody =
            new SshHost("127.0.0.1", 1, "root", SshKeyPair.generate().publicKey(), SshKeyPair.generate());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "a;b",
                "$HOME",
                "`id`",
                "a&b",
                "a|b",
                "a>b",
                "a<b",
                "(a)",
                "{a,b}",
                "*",
                "a?",
                "[a]",
                "~",
                "#a",
                "a\nb",
                "'a'",
                "\"a\"",
                "a\\b",
                "!a",
                "=ls",
                "^a",
                "%1",
                "\u00e9",
                "a\u0000b",
                "a\tb",
                "a@b"
            })
    void refusesWhatAShellMightUnderstand(String word) {
        NodeConnectionContract.assertReason(Reason.REFUSED, () -> run("echo", word));
        NodeConnectionContract.assertReason(Reason.REFUSED, () -> run(word, "echo"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-o", "10.8.0.1/24", "fd00:8::1/64", "/dev/stdin", "vp0a1b", "K+/w9x=", "wg-home_0.1"})
    void sendsWhatMeansItselfInEveryShell(String word) {
        NodeConnectionContract.assertReason(Reason.UNAVAILABLE, () -> run("echo", word));
    }

    private void run(String... argv) {
        try (SshSessions sessions = new SshSessions();
                SshPrograms programs = new SshPrograms(sessions, nobody)) {
            programs.run(List.of(argv), "", Deadline.after(Duration.ofSeconds(20)));
        }
    }
}
