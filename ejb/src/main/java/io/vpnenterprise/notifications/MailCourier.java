package io.vpnenterprise.notifications;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Date;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gives mails to the operator's mail server (RFC 5321), one connection each. */
@ApplicationScoped
class MailCourier implements Courier {

    private static final Logger LOG = Logger.getLogger(MailCourier.class.getName());

    static final String LANE = "smtp";

    private static final int CONNECT_MILLIS = 10_000;

    /** For each reply and each write; a mail server may look long at a message before it takes it. */
    private static final int REPLY_MILLIS = 30_000;

    /** A reply's code. */
    private static final Pattern REPLY = Pattern.compile("(?:^|\\s|:)([245]\\d\\d)[ -]");

    private final Jsonb json = JsonbBuilder.create();

    @Inject
    NotificationsConfig config;

    @Inject
    ExtraTrust trust;

    @Override
    public Channel channel() {
        return Channel.MAIL;
    }

    @Override
    public int workers() {
        return 4;
    }

    @Override
    public int atOnce() {
        return 4;
    }

    @Override
    public Duration lease() {
        // A dozen replies, each near its limit, would be slower still: then the mail may come twice, with one
        // Message-ID.
        return Duration.ofMinutes(3);
    }

    @Override
    public Duration giveUpAfter() {
        return config.mailGiveUp();
    }

    @Override
    public int mostWaiting() {
        return 100_000;
    }

    @Override
    public boolean keepsContent() {
        return false;
    }

    byte[] written(MailText text) {
        return json.toJson(text).getBytes(StandardCharsets.UTF_8);
    }

    MailText read(byte[] content) {
        return json.fromJson(new String(content, StandardCharsets.UTF_8), MailText.class);
    }

    @Override
    public Outcome carry(Parcel parcel) {
        if (config.smtp().isEmpty()) {
            return new Outcome.NotYet(0, "there is no mail server any more");
        }
        NotificationsConfig.Smtp smtp = config.smtp().get();
        Session session = Session.getInstance(properties(smtp));
        Letter letter;
        try {
            letter = letter(session, smtp, parcel, read(parcel.content()));
        } catch (MessagingException e) {
            // An address that is none, or the like: no other attempt would help.
            return new Outcome.Refused(0, "the mail cannot be written");
        }
        try {
            send(letter, session.getTransport(), smtp);
            return new Outcome.Delivered(250, "taken by " + smtp.host());
        } catch (AuthenticationFailedException e) {
            // The operator's settings are wrong, not this mail.
            return new Outcome.NotYet(535, "the mail server does not let us in");
        } catch (MessagingException e) {
            return failed(e, letter.begun);
        }
    }

    private static void send(Letter letter, Transport transport, NotificationsConfig.Smtp smtp)
            throws MessagingException {
        try {
            transport.connect(
                    smtp.host(),
                    smtp.port(),
                    smtp.user().orElse(null),
                    smtp.password().orElse(null));
            transport.sendMessage(letter, letter.getAllRecipients());
        } finally {
            close(transport);
        }
    }

    /** What was taken before stays taken, whatever the server makes of our leaving. */
    private static void close(Transport transport) {
        try {
            transport.close();
        } catch (MessagingException e) {
            LOG.log(Level.FINE, "the mail server hung up first", e);
        }
    }

    private Properties properties(NotificationsConfig.Smtp smtp) {
        Properties properties = new Properties();
        properties.put("mail.transport.protocol", "smtp");
        properties.put("mail.smtp.connectiontimeout", String.valueOf(CONNECT_MILLIS));
        properties.put("mail.smtp.timeout", String.valueOf(REPLY_MILLIS));
        properties.put("mail.smtp.writetimeout", String.valueOf(REPLY_MILLIS));
        // What it says to our leaving says nothing of the mail.
        properties.put("mail.smtp.quitwait", "false");
        properties.put("mail.smtp.auth", String.valueOf(smtp.user().isPresent()));
        // The name it greets with; the machine's own may be anything.
        properties.put("mail.smtp.localhost", smtp.from().substring(smtp.from().indexOf('@') + 1));
        if (smtp.tls() != NotificationsConfig.Tls.NONE) {
            properties.put(
                    smtp.tls() == NotificationsConfig.Tls.TLS ? "mail.smtp.ssl.enable" : "mail.smtp.starttls.enable",
                    "true");
            // A server that offers no TLS, or somebody between us who says so, gets nothing.
            properties.put(
                    "mail.smtp.starttls.required", String.valueOf(smtp.tls() == NotificationsConfig.Tls.STARTTLS));
            properties.put("mail.smtp.ssl.checkserveridentity", "true");
            properties.put("mail.smtp.ssl.protocols", "TLSv1.3 TLSv1.2");
            properties.put("mail.smtp.ssl.socketFactory", trust.sockets());
        }
        return properties;
    }

    private static Letter letter(Session session, NotificationsConfig.Smtp smtp, Parcel parcel, MailText text)
            throws MessagingException {
        Letter message = new Letter(
                session, "<" + parcel.id() + smtp.from().substring(smtp.from().indexOf('@')) + ">");
        message.setFrom(new InternetAddress(smtp.from(), true));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(parcel.destination(), true));
        message.setSubject(text.subject(), StandardCharsets.UTF_8.name());
        message.setSentDate(Date.from(parcel.queuedAt().toInstant()));
        // No answering machine shall answer (RFC 3834).
        message.setHeader("Auto-Submitted", "auto-generated");
        MimeBodyPart plain = new MimeBodyPart();
        plain.setText(text.plain(), StandardCharsets.UTF_8.name());
        MimeBodyPart html = new MimeBodyPart();
        html.setText(text.html(), StandardCharsets.UTF_8.name(), "html");
        message.setContent(new MimeMultipart("alternative", plain, html));
        message.saveChanges();
        return message;
    }

    private static Outcome failed(MessagingException failure, boolean begun) {
        StringBuilder said = new StringBuilder();
        int code = 0;
        for (Exception part = failure; part != null; ) {
            String sentence = String.valueOf(part.getMessage());
            said.append(sentence.strip()).append("; ");
            Matcher reply = REPLY.matcher(sentence);
            if (code == 0 && reply.find()) {
                code = Integer.parseInt(reply.group(1));
            }
            part = part instanceof MessagingException more ? more.getNextException() : null;
        }
        return isNever(failure, code, begun)
                ? new Outcome.Refused(code, said.toString())
                : new Outcome.NotYet(code, said.toString());
    }

    /**
     * Whether this mail can never be taken: its recipient, or what it says. Other answers of 5xx, such as to our sender or
     * "relay denied", are about the operator's settings, and better ones may come.
     */
    private static boolean isNever(MessagingException failure, int code, boolean begun) {
        boolean recipient = failure instanceof SendFailedException refused
                && refused.getInvalidAddresses() != null
                && refused.getInvalidAddresses().length > 0;
        return begun && code >= 500 || recipient && code >= 550 && code <= 553;
    }

    /** A mail that knows whether the server asked for it: then an answer is about what it says. */
    private static final class Letter extends MimeMessage {

        private final String id;
        private boolean begun;

        Letter(Session session, String id) {
            super(session);
            this.id = id;
        }

        /** Its own id, the same at each attempt: who gets it twice can tell. */
        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
        }

        @Override
        public void writeTo(OutputStream out, String[] without) throws IOException, MessagingException {
            begun = true;
            super.writeTo(out, without);
        }
    }
}
