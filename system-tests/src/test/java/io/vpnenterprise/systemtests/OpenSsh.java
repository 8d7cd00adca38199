package io.vpnenterprise.systemtests;

import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** OpenSSH's own server on loopback, for root: a remote host, as far as the platform can tell. It knows no key at first. */
final class OpenSsh implements AutoCloseable {

    final int port;

    private final Path directory;
    private Process process;

    OpenSsh(Path directory) throws IOException {
        this.directory = Files.createTempDirectory(directory, "sshd").toAbsolutePath();
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Files.createDirectories(Path.of("/run/sshd"));
        newHostKey();
        authorize();
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
                SetEnv SHLVL=9
                """.formatted(port, file("host_key"), file("authorized_keys")));
        start();
    }

    /** Enrols it as a node whose interfaces are in the namespace; returns the node's id. */
    String enrol(Api admin, NetworkNamespace namespace, String endpointHost) {
        JsonObject node = admin.post("/api/admin/nodes", nodeOf(namespace, endpointHost))
                .expect(201)
                .data();
        authorize(node.getJsonObject("ssh").getString("authorizedKey"));
        admin.send("POST", "/api/admin/nodes/" + node.getString("id") + "/check", null)
                .expect(200);
        return node.getString("id");
    }

    JsonObject nodeOf(NetworkNamespace namespace, String endpointHost) {
        return Json.createObjectBuilder()
                .add("name", namespace.name)
                .add("transport", "ssh")
                .add("networkNamespace", namespace.name)
                .add("endpointHost", endpointHost)
                .add("sshHost", "127.0.0.1")
                .add("sshPort", port)
                .add("hostKey", hostKey())
                .build();
    }

    /** As the admin copies it, with its comment. */
    String hostKey() {
        try {
            return Files.readString(file("host_key.pub"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets in whoever has one of these keys, and nobody else; sessions that are there stay. */
    void authorize(String... lines) {
        try {
            Files.write(file("authorized_keys"), List.of(lines));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Comes up again with another host key. */
    void reinstall() throws IOException {
        stop();
        newHostKey();
        start();
    }

    @Override
    public void close() {
        stop();
    }

    private void newHostKey() throws IOException {
        Files.deleteIfExists(file("host_key"));
        Files.deleteIfExists(file("host_key.pub"));
        Program.run(
                        "ssh-keygen",
                        "-q",
                        "-t",
                        "ecdsa",
                        "-N",
                        "",
                        "-f",
                        file("host_key").toString())
                .orFail();
    }

    private void start() throws IOException {
        process = new ProcessBuilder(
                        "/usr/sbin/sshd", "-D", "-e", "-f", file("config").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(file("log").toFile()))
                .start();
        await().atMost(Duration.ofSeconds(20)).until(this::answers);
    }

    private void stop() {
        List<ProcessHandle> sessions = process.descendants().toList();
        process.destroyForcibly().onExit().join();
        sessions.forEach(ProcessHandle::destroyForcibly);
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
}
