package io.vpnenterprise.node;

import io.vpnenterprise.node.NodeException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;

/**
 * Runs programs on a host by SSH, with a deadline and a limit on what they may print, over one session that is kept. It is
 * opened again when a call finds it broken; a call under way when it breaks fails, since nobody knows how far it came.
 *
 * <p>SSH knows no argument vector: the host's login shell gets a line of text. So every word of it is one that means
 * itself in every shell, and anything else is refused; there is no quoting to get wrong. What the shell's start-up files
 * print is told apart from what the program prints by a mark before it.
 *
 * <p>One call at a time, but for {@link #close}.
 */
final class SshPrograms implements Programs {

    /** No blank, no quote, nothing that a shell expands; a leading {@code =} is a path in zsh. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_+:,./-][A-Za-z0-9_+=:,./-]*");

    /** Linux takes 128 KiB for one argument, which is what the line becomes. */
    private static final int MAX_LINE = 120_000;

    /** Of timeout(1): it could not find or start the program. */
    private static final int NOT_FOUND = 127;

    /** Of timeout(1): it has killed the program. */
    private static final int KILLED = 137;

    private final SshSessions sessions;
    private final SshHost host;

    /** On a line of its own before what a program prints. */
    private final String mark = "vpne-" + UUID.randomUUID();

    private volatile Login login;
    private volatile boolean closed;

    SshPrograms(SshSessions sessions, SshHost host) {
        this.sessions = sessions;
        this.host = host;
    }

    /** A session, and what the login shell's start-up files print on stderr each time. */
    private record Login(ClientSession session, String noise) {}

    /**
     * What is asked of the host.
     *
     * @param program for messages
     * @param line for the login shell
     */
    private record Command(String program, String line, String stdin) {}

    /** The session broke before the program began. */
    private static final class NotBegun extends Exception {
        private static final long serialVersionUID = 1L;

        private NotBegun(Throwable cause) {
            super(cause);
        }
    }

    @Override
    public Ended run(List<String> argv, String stdin, Deadline deadline) {
        Command command = new Command(Programs.nameOf(argv), line(argv, deadline), stdin);
        Login kept = login;
        if (kept != null && kept.session().isOpen()) {
            try {
                return exec(kept, command, deadline);
            } catch (NotBegun broken) {
                // As after a restart of the host: the next session may do all of it.
                kept.session().close(true);
            }
        }
        try {
            return exec(open(deadline), command, deadline);
        } catch (NotBegun e) {
            throw new NodeException(
                    Reason.UNAVAILABLE, host + ": " + e.getCause().getMessage(), e);
        }
    }

    @Override
    public void require(List<String> programs, Deadline deadline) {
        List<String> argv = new ArrayList<>(List.of("ls", "-d"));
        programs.forEach(program -> DIRECTORIES.forEach(directory -> argv.add(directory + "/" + program)));
        // It fails for each that is not in each directory, and lists those that are.
        List<String> found = run(argv, "", deadline).text().lines().toList();
        List<String> missing = programs.stream()
                .filter(program ->
                        DIRECTORIES.stream().noneMatch(directory -> found.contains(directory + "/" + program)))
                .toList();
        if (!missing.isEmpty()) {
            throw new NodeException(Reason.REFUSED, "not installed on " + host + ": " + String.join(", ", missing));
        }
    }

    @Override
    public void close() {
        closed = true;
        Login kept = login;
        if (kept != null) {
            kept.session().close(true);
        }
    }

    private Login open(Deadline deadline) throws NotBegun {
        ClientSession session = sessions.open(host, deadline);
        Login opened = new Login(session, "");
        login = opened;
        if (closed) {
            session.close(true);
            throw new NodeException(Reason.UNAVAILABLE, "the session was closed");
        }
        Ended silent = exec(opened, new Command("true", line(List.of("true"), deadline), ""), deadline);
        login = new Login(session, silent.stderr());
        return login;
    }

    private Ended exec(Login login, Command command, Deadline deadline) throws NotBegun {
        String program = command.program();
        ChannelExec channel = channel(login, command.line());
        Printed stdout = new Printed(MAX_OUTPUT, channel);
        Printed stderr = new Printed(MAX_ERRORS, channel);
        channel.setIn(new ByteArrayInputStream(command.stdin().getBytes(StandardCharsets.UTF_8)));
        channel.setOut(stdout);
        channel.setErr(stderr);
        try {
            begin(channel, deadline);
            if (!channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), Duration.ofNanos(deadline.remainingNanos()))
                    .contains(ClientChannelEvent.CLOSED)) {
                // Whatever the host does with the rest, it must not get it from this session.
                login.session().close(true);
                throw new NodeException(Reason.UNAVAILABLE, program + " did not end in time on " + host);
            }
        } finally {
            channel.close(true);
        }
        if (stdout.full || stderr.full) {
            throw new NodeException(Reason.UNAVAILABLE, program + " printed without end on " + host);
        }
        return ended(login, program, channel.getExitStatus(), stdout.bytes(), stderr.text());
    }

    private static ChannelExec channel(Login login, String line) throws NotBegun {
        try {
            return login.session().createExecChannel(line);
        } catch (IOException | IllegalStateException e) {
            throw new NotBegun(e);
        }
    }

    private static void begin(ChannelExec channel, Deadline deadline) throws NotBegun {
        try {
            channel.open().verify(deadline.remainingMillis());
        } catch (IOException e) {
            throw new NotBegun(e);
        }
    }

    private Ended ended(Login login, String program, Integer exitCode, byte[] stdout, String stderr) {
        if (exitCode == null) {
            throw new NodeException(
                    Reason.UNAVAILABLE, "the session with " + host + " broke while " + program + " ran");
        }
        int begin = behind(mark + "\n", stdout);
        if (begin < 0) {
            throw new NodeException(
                    Reason.REFUSED, host + " runs no commands: " + new Ended("", exitCode, stdout, stderr).reason());
        }
        String errors = stderr.startsWith(login.noise())
                ? stderr.substring(login.noise().length())
                : stderr;
        byte[] printed = Arrays.copyOfRange(stdout, begin, stdout.length);
        return switch (exitCode) {
            case NOT_FOUND -> throw new NodeException(Reason.REFUSED, program + " is not installed on " + host);
            case KILLED -> throw new NodeException(Reason.UNAVAILABLE, program + " did not end in time on " + host);
            default -> new Ended(program, exitCode, printed, errors);
        };
    }

    /**
     * The line for the login shell. The host itself ends a program that goes on for longer than anybody waits: what was cut
     * off must not happen later, behind the back of what is asked next.
     */
    private String line(List<String> argv, Deadline deadline) {
        StringBuilder line = new StringBuilder("echo ")
                .append(mark)
                .append(" && env -i PATH=")
                .append(String.join(":", DIRECTORIES))
                .append(" LC_ALL=C timeout -s KILL ")
                .append(Math.max(1, (deadline.remainingMillis() + 999) / 1_000));
        for (String word : argv) {
            if (!WORD.matcher(word).matches()) {
                throw new NodeException(Reason.REFUSED, "not a word for a remote shell: an argument of " + argv.get(0));
            }
            line.append(' ').append(word);
        }
        if (line.length() > MAX_LINE) {
            throw new NodeException(Reason.REFUSED, "too many arguments for " + argv.get(0));
        }
        return line.toString();
    }

    private static int behind(String mark, byte[] printed) {
        // ISO 8859-1 has a character for each byte.
        int at = new String(printed, StandardCharsets.ISO_8859_1).indexOf(mark);
        return at < 0 ? -1 : at + mark.length();
    }

    /** What a program printed, up to a limit; beyond it, its channel is closed. */
    private static final class Printed extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final int limit;
        private final ChannelExec channel;
        private volatile boolean full;

        private Printed(int limit, ChannelExec channel) {
            this.limit = limit;
            this.channel = channel;
        }

        @Override
        public void write(int value) {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] from, int offset, int length) {
            if (bytes.size() + length > limit) {
                full = true;
                channel.close(true);
            } else {
                bytes.write(from, offset, length);
            }
        }

        private synchronized byte[] bytes() {
            return bytes.toByteArray();
        }

        private String text() {
            return new String(bytes(), StandardCharsets.UTF_8);
        }
    }
}
