package io.vpnenterprise.node;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * OpenSSH's own server on loopback, for root, with a login shell that prints noise and notes each line it is given. Its
 * programs act on this machine.
 */
final class SshServer implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(20);

    final int port;
    final SshKeyPair keyPair = SshKeyPair.generate();

    private final Path directory;
    private Process process;

    SshServer(Path directory) throws IOException {
        this.directory = directory.toAbsolutePath();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.createDirectories(Path.of("/run/sshd"));
        newHostKey();
        Files.writeString(
                file("authorized_keys"), "restrict " + keyPair.publicKey().text() + " platform\n");
        Path shell = file("shell");
        // Words that programs say when they fail, too: they must not be taken for a program's.
        Files.writeString(shell, """
                #!/bin/sh
                echo "Welcome to this host"
                echo "10:00 up 5 days, No such device, does not exist" >&2
                printf '%%s\\n' "$SSH_ORIGINAL_COMMAND" >> %s
                eval "$SSH_ORIGINAL_COMMAND"
                """.formatted(file("commands")));
        shell.toFile().setExecutable(true);
        // SHLVL keeps bash from reading root's own .bashrc, whatever that is on this machine.
        Files.writeString(file("config"), """
                ListenAddress 127.0.0.1
                Port %d
                HostKey %s
                AuthorizedKeysFile %s
                PermitRootLogin prohibit-password
                StrictModes no
                UsePAM no
                PidFile none
                LogLevel DEBUG1
                SetEnv SHLVL=9
                ForceCommand %s
                """.formatted(port, file("host_key"), file("authorized_keys"), shell));
        start();
    }

    /** How the platform reaches it. */
    SshHost host() {
        return host(port, hostKey());
    }

    SshHost host(int throughPort, SshPublicKey hostKey) {
        return new SshHost("127.0.0.1", throughPort, "root", hostKey, keyPair);
    }

    SshPublicKey hostKey() {
        try {
            return SshPublicKey.ofLine(Files.readString(file("host_key.pub")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All lines that the login shell was given. */
    String commands() throws IOException {
        return Files.exists(file("commands")) ? Files.readString(file("commands")) : "";
    }

    /** What sshd says of itself. */
    String log() throws IOException {
        return Files.readString(file("log"));
    }

    void newHostKey() throws IOException {
        Files.deleteIfExists(file("host_key"));
        Files.deleteIfExists(file("host_key.pub"));
        run("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", file("host_key").toString());
    }

    void start() throws IOException {
        // It starts itself again for each session, by its absolute path.
        process = new ProcessBuilder(
                        "/usr/sbin/sshd", "-D", "-e", "-f", file("config").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(file("log").toFile()))
                .start();
        await().atMost(SOON).until(this::answers);
    }

    /** With all its sessions. */
    void stop() {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly().onExit().join();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(session -> session.onExit().join());
    }

    @Override
    public void close() {
        stop();
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private static void run(String... argv) {
        new HostPrograms().run(List.of(argv), "", Deadline.after(SOON)).orRefused();
    }
}
