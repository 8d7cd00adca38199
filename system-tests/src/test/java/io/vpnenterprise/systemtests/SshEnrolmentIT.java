package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A remote host becomes a node: by a key of the platform's own, and the one host key that it may have. */
class SshEnrolmentIT {

    private static final String NODES = "/api/admin/nodes/";
    private static final int PORT = 51_831;

    @TempDir
    Path directory;

    private final Cleanup made = new Cleanup();
    private Product product;
    private Api admin;
    private OpenSsh ssh;
    private JsonObject node;

    @BeforeAll
    static void requireParts() {
        Parts.requireForRealDevices("sshd", "ssh-keygen");
    }

    @BeforeEach
    void register() throws IOException {
        product = Product.shared();
        admin = product.admin();
        ssh = made.add(new OpenSsh(directory));
        NetworkNamespace host = made.add(new NetworkNamespace("ssh"));
        node = admin.post("/api/admin/nodes", ssh.nodeOf(host, "192.0.2.1"))
                .expect(201)
                .data();
        made.add(() -> admin.delete(NODES + id()).expect(204));
    }

    @AfterEach
    void removeAllThatWasMade() {
        made.close();
    }

    @Test
    void takesNoServerUntilItsHostKnowsThePlatform() {
        assertThat(node.getString("state")).isEqualTo("enrolling");
        assertThat(authorizedKey("authorizedKey")).startsWith("restrict ecdsa-sha2-nistp256 AAAA");
        assertThat(node.toString().toLowerCase()).doesNotContain("private", "sealed");
        assertThat(addServer().status()).isEqualTo(409);
        assertThat(addServer().code()).isEqualTo("NODE_NOT_ADMITTED");
        Api.Answer unknown = check();
        assertThat(unknown.status()).isEqualTo(409);
        assertThat(unknown.code()).isEqualTo("NODE_REFUSED");
        assertThat(unknown.text()).contains("does not accept the platform's SSH key");

        ssh.authorize(authorizedKey("authorizedKey"));

        assertThat(check().expect(200).data().getString("state")).isEqualTo("admitted");
        String server = addServer().expect(201).data().getString("id");
        admin.delete("/api/vpn/servers/" + server).expect(204);
    }

    @Test
    void isAdmittedByTheReconciliationToo() throws SQLException {
        ssh.authorize(authorizedKey("authorizedKey"));
        // The platform asks by itself once a minute only, or hosts would shut it out for its unknown key.
        forgetThatItTried();

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(reread().getString("state")).isEqualTo("admitted"));
    }

    @Test
    void usesANewKeyOnceTheHostAcceptsItAndTheOldOneUntilThen() {
        String old = authorizedKey("authorizedKey");
        ssh.authorize(old);
        check().expect(200);

        node = admin.send("POST", NODES + id() + "/ssh-key", null).expect(200).data();
        String young = authorizedKey("nextAuthorizedKey");
        assertThat(young).isNotEqualTo(old);
        assertThat(check().expect(200).data().getJsonObject("ssh").getString("authorizedKey"))
                .isEqualTo(old);

        ssh.authorize(young);
        JsonObject after = check().expect(200).data().getJsonObject("ssh");
        assertThat(after.getString("authorizedKey")).isEqualTo(young);
        assertThat(after.get("nextAuthorizedKey")).isNull();
        assertThat(check().status()).isEqualTo(200);
    }

    @Test
    void isNotSpokenToWithAnotherHostKeyUntilAnAdminPinsIt() throws IOException {
        ssh.authorize(authorizedKey("authorizedKey"));
        check().expect(200);

        ssh.reinstall();
        assertThat(check().code()).isEqualTo("WRONG_HOST_KEY");

        admin.send(
                        "PUT",
                        NODES + id() + "/host-key",
                        Json.createObjectBuilder()
                                .add("hostKey", ssh.hostKey())
                                .build()
                                .toString())
                .expect(200);
        check().expect(200);
    }

    /** Whoever writes another address into the database gets no session with it. */
    @Test
    void isNotLedElsewhereByTheDatabaseAlone() throws SQLException {
        ssh.authorize(authorizedKey("authorizedKey"));
        check().expect(200);
        update("UPDATE nodes SET ssh_host = 'localhost' WHERE id = ?");

        assertThat(check().status()).isEqualTo(500);

        update("UPDATE nodes SET ssh_host = '127.0.0.1' WHERE id = ?");
        check().expect(200);
    }

    private String id() {
        return node.getString("id");
    }

    private String authorizedKey(String which) {
        return node.getJsonObject("ssh").getString(which);
    }

    private Api.Answer check() {
        return admin.send("POST", NODES + id() + "/check", null);
    }

    private JsonObject reread() {
        return admin.get(NODES + id()).expect(200).data();
    }

    private Api.Answer addServer() {
        return admin.post(
                "/api/vpn/servers",
                Json.createObjectBuilder()
                        .add("name", node.getString("name"))
                        .add("region", "eu-central")
                        .add("port", PORT)
                        .add("nodeId", id())
                        .build());
    }

    private void forgetThatItTried() throws SQLException {
        update("UPDATE nodes SET ssh_tried_at = NULL WHERE id = ?");
    }

    private void update(String sql) throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement update = connection.prepareStatement(sql)) {
            update.setString(1, id());
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }
}
