package io.vpnenterprise.node;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The programs of this machine. */
interface Programs {

    /**
     * Runs a program and waits for its end.
     *
     * @param argv the program's bare name and its arguments; never a secret, since every user of the machine sees them
     * @param stdin what the program reads, in place of a secret argument
     * @return however it ended
     * @throws NodeException {@code REFUSED} when the program is missing, {@code UNAVAILABLE} when it did not end in time
     */
    Ended run(List<String> argv, String stdin, Deadline deadline);

    /** @throws NodeException {@code REFUSED} when the program is missing */
    void require(String program);

    /** @param exitCode 0 is success, whatever stands on stderr: wireguard-go prints a banner there */
    record Ended(String program, int exitCode, byte[] stdout, String stderr) {

        private static final int MAX_REASON = 200;

        boolean succeeded() {
            return exitCode == 0;
        }

        String text() {
            return new String(stdout, StandardCharsets.UTF_8);
        }

        /** @throws NodeException {@code REFUSED} with the program's own words when it failed */
        Ended orRefused() {
            if (!succeeded()) {
                throw new NodeException(NodeException.Reason.REFUSED, program + ": " + reason());
            }
            return this;
        }

        /** The program's first line about its failure. */
        String reason() {
            String line = stderr.lines()
                    // The frame of wireguard-go's banner.
                    .filter(text -> !text.isBlank() && "┌│└".indexOf(text.charAt(0)) < 0)
                    .findFirst()
                    .orElse("exit code " + exitCode);
            return line.length() <= MAX_REASON ? line : line.substring(0, MAX_REASON);
        }
    }
}
