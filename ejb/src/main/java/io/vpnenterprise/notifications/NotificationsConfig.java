package io.vpnenterprise.notifications;

import io.vpnenterprise.identity.EmailAddress;
import io.vpnenterprise.platform.FeatureConfig;
import io.vpnenterprise.platform.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Settings of mail, notifications, push and webhooks. */
@ApplicationScoped
public class NotificationsConfig implements FeatureConfig {

    /** How the way to the mail server is kept secret. */
    enum Tls {
        NONE,
        STARTTLS,
        TLS
    }

    /**
     * The mail server.
     *
     * @param user empty: mail is given without signing in
     */
    record Smtp(String host, int port, Tls tls, Optional<String> user, Optional<String> password, String from) {
        @Override
        public String toString() {
            return "Smtp[" + host + ":" + port + ", ***]";
        }
    }

    private Optional<Smtp> smtp;
    private Optional<Path> trustFile;
    private Duration retryFirst;
    private Duration retryMost;
    private Duration mailGiveUp;
    private Duration webhookGiveUp;
    private Duration webhookDeadline;
    private Duration webhookDisableAfter;
    private boolean anyNetwork;
    private int webhooksPerUser;
    private int alertMailsPerHour;
    private Duration kept;

    @Override
    public void read(Settings settings) {
        smtp = readSmtp(settings);
        // Certificates, PEM, trusted beside the JDK's own: for mail servers and receivers of the operator's own
        // authority.
        trustFile = settings.text("vpn.notifications.trust-file").map(Path::of);
        // A restart of the other side should cost one attempt or two.
        retryFirst = settings.duration(
                "vpn.notifications.retry-first", Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofHours(1));
        retryMost = settings.duration(
                "vpn.notifications.retry-most", Duration.ofHours(1), Duration.ofMillis(100), Duration.ofDays(1));
        // Links in mails are over by then; with the pauses above these are at most 33 attempts.
        mailGiveUp = settings.duration(
                "vpn.notifications.mail-give-up", Duration.ofDays(1), Duration.ofSeconds(1), Duration.ofDays(3));
        // A weekend: what the original promised.
        webhookGiveUp = settings.duration(
                "vpn.webhooks.give-up", Duration.ofDays(3), Duration.ofSeconds(1), Duration.ofDays(7));
        webhookDeadline = settings.duration(
                "vpn.webhooks.deadline", Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(30));
        webhookDisableAfter = settings.duration(
                "vpn.webhooks.disable-after", Duration.ofDays(5), Duration.ofSeconds(1), Duration.ofDays(30));
        // "any": also http, and addresses of the platform's own network. Whoever may add a webhook could then look
        // around there.
        anyNetwork = switch (settings.text("vpn.webhooks.networks", "public")) {
            case "public" -> false;
            case "any" -> true;
            default -> throw new IllegalStateException("vpn.webhooks.networks must be public or any");
        };
        webhooksPerUser = settings.number("vpn.webhooks.per-user", 10, 1, 1_000);
        // An attacker who makes alerts must not fill a mailbox, nor silence those of another kind; the list in the
        // application has all of them.
        alertMailsPerHour = settings.number("vpn.notifications.alert-mails-per-hour", 3, 1, 1_000);
        kept = settings.duration(
                "vpn.notifications.kept", Duration.ofDays(30), Duration.ofDays(1), Duration.ofDays(365));
    }

    private static Optional<Smtp> readSmtp(Settings settings) {
        Optional<String> host = settings.text("vpn.smtp-host");
        Tls tls = tls(settings.text("vpn.smtp-tls", "starttls"));
        int port = settings.number("vpn.smtp-port", tls == Tls.TLS ? 465 : 587, 1, 65_535);
        Optional<String> user = settings.text("vpn.smtp-user");
        Optional<String> password = settings.secret("vpn.smtp-password");
        Optional<String> from = settings.text("vpn.smtp-from").flatMap(EmailAddress::find);
        if (host.isEmpty()) {
            return Optional.empty();
        }
        if (from.isEmpty()) {
            throw new IllegalStateException("vpn.smtp-from must be the e-mail address that mails come from");
        }
        if (user.isPresent() != password.isPresent()) {
            throw new IllegalStateException("vpn.smtp-user and vpn.smtp-password belong together");
        }
        return Optional.of(new Smtp(host.get(), port, tls, user, password, from.get()));
    }

    private static Tls tls(String text) {
        try {
            return Tls.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("vpn.smtp-tls must be none, starttls or tls", e);
        }
    }

    /** Empty: mails are held, for an admin to look at. */
    Optional<Smtp> smtp() {
        return smtp;
    }

    Optional<Path> trustFile() {
        return trustFile;
    }

    Duration retryFirst() {
        return retryFirst;
    }

    Duration retryMost() {
        return retryMost;
    }

    Duration mailGiveUp() {
        return mailGiveUp;
    }

    Duration webhookGiveUp() {
        return webhookGiveUp;
    }

    /** Of one call, from the look-up of the name to the end of the answer. */
    Duration webhookDeadline() {
        return webhookDeadline;
    }

    /** Without one success; then no more is sent until the owner enables it. */
    Duration webhookDisableAfter() {
        return webhookDisableAfter;
    }

    boolean anyNetwork() {
        return anyNetwork;
    }

    int webhooksPerUser() {
        return webhooksPerUser;
    }

    /** Of one kind to one member. */
    int alertMailsPerHour() {
        return alertMailsPerHour;
    }

    /** Notifications, and deliveries that are over. */
    Duration kept() {
        return kept;
    }
}
