package io.vpnenterprise.node;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The programs of a host: this machine, or one by SSH. */
interface Programs extends AutoCloseable {

    /** Fixed, so that no setting of the server or of a login decides which {@code wg} runs as root. */
    List<String> DIRECTORIES = List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    /** 65,536 peers print about 20 MiB. */
    int MAX_OUTPUT = 64 << 20;

    int MAX_ERRORS = 64 << 10;

    /**
     * Runs a program and waits for its end.
     *
     * @param argv the program's bare name and its arguments; never a secret, since every user of the machine sees them
     * @param stdin what the program reads, in place of a secret argument
     * @return however it ended
     * @throws NodeException {@code REFUSED} when the program is missing, {@code UNAVAILABLE} when it did not end in time
     */
    Ended run(List<String> argv, String stdin, Deadline deadline);

    /** @throws NodeException {@code REFUSED} naming the programs that are missing */
    void require(List<String> programs, Deadline deadline);

    /** Ends what is kept, also under a call that is under way, which then fails with {@code UNAVAILABLE}. */
    @Override
    void close();

    /** The program that an argument vector is about, behind those that only start another. */
    static String nameOf(List<String> argv) {
        int first = argv.size() > 4 && argv.subList(0, 3).equals(List.of("ip", "netns", "exec")) ? 4 : 0;
        if (argv.get(first).equals("setsid")) {
            first += 2;
        }
        return argv.get(first);
    }

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
