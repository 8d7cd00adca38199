package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vpnenterprise.systemtests.MailServer.Fault;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Mail through a real mail server, with STARTTLS and a password, that refuses, dawdles, hangs up and restarts. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MailIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Cleanup cleanup = new Cleanup();
    private MailServer mail;
    private Product product;
    private Api admin;

    @BeforeAll
    void start() {
        // GreenMail's own threads throw when a connection is cut, which is what this test does.
        Awaitility.doNotCatchUncaughtExceptionsByDefault();
        TestCertificate certificate = TestCertificate.make();
        mail = cleanup.add(new MailServer(certificate));
        product = cleanup.add(Product.start(Map.of(
                "VPN_SMTP_HOST",
                "localhost",
                "VPN_SMTP_PORT",
                String.valueOf(mail.port()),
                "VPN_SMTP_USER",
                MailServer.USER,
                "VPN_SMTP_PASSWORD",
                MailServer.PASSWORD,
                "VPN_SMTP_FROM",
                "vpn@platform.example",
                "VPN_NOTIFICATIONS_TRUST_FILE",
                certificate.pem().toString(),
                "VPN_NOTIFICATIONS_RETRY_FIRST",
                "PT0.3S",
                "VPN_NOTIFICATIONS_RETRY_MOST",
                "PT2S")));
        admin = product.admin();
    }

    @AfterAll
    void stop() {
        cleanup.close();
    }

    @Test
    void arrivesAsPlainTextAndHtmlUnderOneStableId() throws MessagingException, IOException {
        String to = Api.newEmail();
        String id = sendTest(to);

        MimeMessage message = theOne(to);

        assertThat(message.getFrom()[0]).hasToString("vpn@platform.example");
        assertThat(message.getMessageID()).isEqualTo("<" + id + "@platform.example>");
        assertThat(message.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        Multipart parts = (Multipart) message.getContent();
        assertThat(types(parts)).containsExactly("text/plain", "text/html");
        JsonObject row = mailTo(to);
        assertThat(row.getString("state")).isEqualTo("delivered");
        assertThat(admin.get("/api/admin/mails/" + id).code())
                .as("the text is wiped")
                .isEqualTo("MAIL_TEXT_GONE");
    }

    @Test
    void arrivesWhateverTheServerDoes() throws MessagingException {
        List<String> recipients = new ArrayList<>();
        mail.next(
                Fault.RECIPIENT_NOT_NOW,
                Fault.CUT_IN_DATA,
                Fault.CUT_AT_ONCE,
                Fault.CUT_BEFORE_TAKEN,
                Fault.CUT_AT_QUIT,
                Fault.SENDER_REFUSED,
                Fault.RELAY_DENIED,
                Fault.SLOW,
                Fault.RECIPIENT_NOT_NOW,
                Fault.CUT_IN_DATA);
        for (int i = 0; i < 10; i++) {
            String to = Api.newEmail();
            sendTest(to);
            recipients.add(to);
        }

        int more = 0;
        for (String to : recipients) {
            await(to).atMost(LIMIT).until(() -> stateOf(to).equals("delivered"));
            List<MimeMessage> arrived = mail.arrived(to);
            Set<String> ids = new HashSet<>();
            for (MimeMessage message : arrived) {
                ids.add(message.getMessageID());
            }
            assertThat(ids).as("ids of what came to " + to).hasSize(1);
            more += arrived.size() - 1;
        }
        // Who was cut off before he heard that it was taken had to send it again.
        assertThat(more).isEqualTo(1);
    }

    @Test
    void givesUpAtOnceWhereTheServerSaysNever() {
        String to = Api.newEmail();
        mail.refuse(to);
        sendTest(to);

        await().atMost(LIMIT).until(() -> stateOf(to).equals("failed"));

        JsonObject row = mailTo(to);
        assertThat(row.getInt("lastStatus")).isEqualTo(550);
        assertThat(row.getInt("attempts")).isEqualTo(1);
        assertThat(mail.arrived(to)).isEmpty();
    }

    @Test
    void doesNotSendWhatIsOver() {
        String email = Api.newEmail();
        mail.shut();
        product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        await().atMost(LIMIT).until(() -> isMailTo(email) && mailTo(email).getInt("attempts") >= 1);

        sql("UPDATE deliveries SET expires_at = now() WHERE destination = '" + email + "'");
        mail.open();

        await().atMost(LIMIT).until(() -> stateOf(email).equals("failed"));
        assertThat(mail.arrived(email)).isEmpty();
    }

    @Test
    void waitsForAServerThatIsAway() {
        String to = Api.newEmail();
        mail.shut();
        sendTest(to);
        await().atMost(LIMIT).until(() -> mailTo(to).getInt("attempts") >= 2);
        assertThat(stateOf(to)).isEqualTo("waiting");

        mail.open();

        await().atMost(LIMIT).until(() -> stateOf(to).equals("delivered"));
        assertThat(mail.arrived(to)).hasSize(1);
    }

    @Test
    void survivesTheDeathOfTheNodeThatWasToSendIt() {
        List<String> recipients = new ArrayList<>();
        mail.shut();
        for (int i = 0; i < 5; i++) {
            String to = Api.newEmail();
            sendTest(to);
            recipients.add(to);
        }
        product.kill();
        mail.open();
        letClaimsRunOut();
        product.startServer();

        for (String to : recipients) {
            await(to).atMost(LIMIT).until(() -> stateOf(to).equals("delivered"));
            assertThat(mail.arrived(to)).hasSize(1);
        }
    }

    /** A mail that was being tried when the node died is free again after three minutes. */
    private void letClaimsRunOut() {
        try (Connection connection = product.database().connect();
                Statement sql = connection.createStatement()) {
            sql.executeUpdate("UPDATE deliveries SET due_at = now() WHERE state = 'WAITING'");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void bringsTheLinkThatProvesAnAddress() throws MessagingException, IOException {
        String email = Api.newEmail();
        Api member = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        await().atMost(LIMIT).until(() -> !mail.arrived(email).isEmpty());

        MimeMessage message = theOne(email);
        String plain =
                (String) ((Multipart) message.getContent()).getBodyPart(0).getContent();
        String token = plain.substring(plain.indexOf("#token=") + 7).strip();

        assertThat(message.getSubject()).isEqualTo("Confirm your e-mail address");
        product.anonymous()
                .post(
                        "/api/auth/verify-email",
                        Json.createObjectBuilder().add("token", token).build())
                .expect(204);
        assertThat(member.get("/api/auth/me").expect(200).data().toString()).contains(email);
    }

    private String sendTest(String to) {
        return admin.post(
                        "/api/admin/mails/test",
                        Json.createObjectBuilder().add("to", to).build())
                .expect(202)
                .data()
                .getString("id");
    }

    private boolean isMailTo(String to) {
        return mailsTo(to).findAny().isPresent();
    }

    private JsonObject mailTo(String to) {
        return mailsTo(to).findFirst().orElseThrow();
    }

    private Stream<JsonObject> mailsTo(String to) {
        return admin
                .get("/api/admin/mails?pageSize=100")
                .expect(200)
                .data()
                .getJsonArray("items")
                .getValuesAs(JsonObject.class)
                .stream()
                .filter(row -> row.getString("to").equals(to));
    }

    private void sql(String statement) {
        try (Connection connection = product.database().connect();
                Statement sql = connection.createStatement()) {
            sql.executeUpdate(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String stateOf(String to) {
        return mailTo(to).getString("state");
    }

    private MimeMessage theOne(String to) {
        await("mail to " + to).atMost(LIMIT).until(() -> stateOf(to).equals("delivered"));
        List<MimeMessage> arrived = mail.arrived(to);
        assertThat(arrived).hasSize(1);
        return arrived.get(0);
    }

    private static List<String> types(Multipart parts) throws MessagingException {
        List<String> types = new ArrayList<>();
        for (int i = 0; i < parts.getCount(); i++) {
            BodyPart part = parts.getBodyPart(i);
            types.add(part.getContentType().replaceAll(";.*", "").strip());
        }
        return types;
    }
}
