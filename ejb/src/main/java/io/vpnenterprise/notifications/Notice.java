package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.AuditEvent;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What a member is told of something that happened: the table from actions to sentences. */
public record Notice(UUID userId, Category category, Level level, String action, String title, String body, Mail mail) {

    /** The original's types, as far as there is something of theirs. */
    public enum Category {
        SECURITY_ALERT,
        CONNECTION,
        DEVICE,
        SYSTEM;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How much it matters to the member, in the original's words. */
    public enum Level {
        INFO,
        WARNING,
        CRITICAL;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether it is also mailed: but for {@link #OF_OUTCOME}, from a WARNING up. */
    public enum Mail {
        NEVER,
        IF_WANTED,
        /** If wanted, also when all went well: what was asked for took its time, and is done. */
        OF_OUTCOME,
        /** If wanted, one a day: of what is often. */
        DAILY,
        /** Whatever the member wants: see RATIONALE.md. */
        ALWAYS
    }

    private record Told(Category category, Mail mail, String title) {}

    /** The platform's own: told to all super admins, since it concerns no member. */
    private static final Set<String> FOR_SUPER_ADMINS = Set.of(
            "audit.forged-event",
            "audit.found-touched",
            "audit.head-altered",
            "platform-webhook.created",
            "platform-webhook.changed");

    /** All that members are told. A test wants each action here, or on its list of those that nobody is told. */
    private static final Map<String, Told> TOLD = Map.ofEntries(
            always("user.password-changed", "Your password was changed"),
            always("user.password-reset", "Your password was set anew through a mailed link"),
            always("user.email-change-asked", "A new e-mail address was asked for your account"),
            always("user.email-changed", "Your account's e-mail address was changed"),
            always("user.role-changed", "Your role was changed"),
            always("user.suspended", "Your account was suspended"),
            always("user.restored", "Your account works again"),
            always("user.deleted", "Your account was deleted"),
            always("user.security-reset", "An administrator took the second factors off your account"),
            always("totp.enabled", "An authenticator app was added to your account"),
            always("totp.disabled", "The authenticator app was taken off your account"),
            always("recovery-code.used", "A recovery code of your account was used"),
            always("recovery-codes.renewed", "Your account has new recovery codes"),
            always("second-factor.refused", "Somebody with your password was stopped by your second factor"),
            always("second-factor.limited", "Somebody guesses at your account's codes"),
            always("passkey.added", "A passkey was added to your account"),
            always("passkey.removed", "A passkey was taken off your account"),
            always("passkey.copied", "A passkey of your account seems to have been copied"),
            always("identity.linked", "Another way to sign in was linked to your account"),
            always("identity.unlinked", "A way to sign in was unlinked from your account"),
            always("api-key.created", "An API key was made for your account"),
            always("api-key.revoked", "An API key of your account was revoked"),
            always("refresh-token.replayed", "A session of your account was ended: its token was used twice"),
            always("webhook.created", "A webhook was added that hears what happens to your account"),
            always("webhook.changed", "A webhook of your account was changed"),
            always("push-subscription.added", "A browser was added that gets your push messages"),
            always("audit.forged-event", "Somebody wrote an event past the platform: it was delivered to nobody"),
            always("audit.found-touched", "The audit is not whole: somebody touched an entry"),
            always("audit.head-altered", "The end of the audit was altered past the platform"),
            always("platform-webhook.created", "A webhook was added that hears of everybody on the platform"),
            always("platform-webhook.changed", "A webhook of the whole platform was changed"),
            told(
                    Category.SECURITY_ALERT,
                    Mail.IF_WANTED,
                    "user.locked",
                    "Sign-ins to your account are limited: somebody guesses at its password"),
            told(
                    Category.SECURITY_ALERT,
                    Mail.DAILY,
                    "user.signed-in-from-unknown-device",
                    "Your account was signed in to from a new device"),
            // The mail of it would make the next one.
            told(
                    Category.SECURITY_ALERT,
                    Mail.NEVER,
                    "mail.read",
                    "An administrator read a mail that was held for you"),
            told(Category.DEVICE, Mail.IF_WANTED, "device.added", "A device was added"),
            told(Category.DEVICE, Mail.IF_WANTED, "device.removed", "A device was removed"),
            told(Category.DEVICE, Mail.IF_WANTED, "client-link.used", "A configuration was downloaded by its link"),
            told(Category.CONNECTION, Mail.IF_WANTED, "vpn.connected", "A device connected"),
            told(Category.DEVICE, Mail.IF_WANTED, "device.key-changed", "A device got another key"),
            told(
                    Category.CONNECTION,
                    Mail.IF_WANTED,
                    "vpn.key-rotation-due",
                    "A connection gets a new key soon: load its configuration again then, or rotate it before"),
            told(
                    Category.CONNECTION,
                    Mail.IF_WANTED,
                    "vpn.key-rotated",
                    "A connection has a new key: load its configuration again"),
            told(Category.CONNECTION, Mail.IF_WANTED, "vpn.disconnected", "A device disconnected"),
            told(
                    Category.SYSTEM,
                    Mail.IF_WANTED,
                    "vpn.rehomed",
                    "A device's server is being emptied: fetch the configuration for its new one"),
            told(Category.SYSTEM, Mail.IF_WANTED, "user.allowance-changed", "What you may have was changed"),
            told(
                    Category.SECURITY_ALERT,
                    Mail.IF_WANTED,
                    "device.key-shared",
                    "A device's key seems to be used by two machines at once"),
            told(
                    Category.SECURITY_ALERT,
                    Mail.DAILY,
                    "device.roamed-often",
                    "A device connects from more networks than usual"),
            told(
                    Category.SECURITY_ALERT,
                    Mail.DAILY,
                    "quota.abused",
                    "Somebody keeps asking for connections that your traffic of this month does not allow"),
            told(Category.SYSTEM, Mail.IF_WANTED, "quota.warned", "Most of your traffic of this month is used"),
            told(Category.SYSTEM, Mail.IF_WANTED, "quota.exceeded", "Your traffic of this month is used up"),
            told(Category.SYSTEM, Mail.IF_WANTED, "member.role-changed", "Your role in an organisation was changed"),
            told(Category.SYSTEM, Mail.IF_WANTED, "member.removed", "You were removed from an organisation"),
            told(Category.SYSTEM, Mail.IF_WANTED, "tenant-member.role-changed", "Your role in a database was changed"),
            told(Category.SYSTEM, Mail.IF_WANTED, "tenant-member.removed", "You were removed from a database"),
            told(Category.SYSTEM, Mail.IF_WANTED, "organisation.deleted", "An organisation of yours was deleted"),
            told(Category.SYSTEM, Mail.OF_OUTCOME, "tenant.provisioned", "Your database is ready"),
            told(Category.SYSTEM, Mail.OF_OUTCOME, "tenant.suspended", "Your database was suspended: nobody gets in"),
            told(Category.SYSTEM, Mail.OF_OUTCOME, "tenant.resumed", "Your database works again"),
            told(Category.SYSTEM, Mail.OF_OUTCOME, "tenant.destroyed", "Your database was destroyed"),
            told(Category.SYSTEM, Mail.OF_OUTCOME, "tenant.scaled", "Your database has another plan"),
            told(
                    Category.SECURITY_ALERT,
                    Mail.OF_OUTCOME,
                    "tenant.credentials-rotated",
                    "Your database has new passwords: the old ones open nothing any more"),
            told(Category.SYSTEM, Mail.OF_OUTCOME, "tenant.recovered", "Your destroyed database is there again"),
            told(Category.SYSTEM, Mail.IF_WANTED, "tenant.job-failed", "A job of your database failed"),
            told(Category.SYSTEM, Mail.IF_WANTED, "tenant.storage-warned", "Your database is nearly full"),
            told(
                    Category.SYSTEM,
                    Mail.IF_WANTED,
                    "tenant.storage-restricted",
                    "Your database is full: rows can be read and removed alone"),
            told(Category.SYSTEM, Mail.IF_WANTED, "tenant.storage-restored", "Your database has room again"),
            told(Category.SYSTEM, Mail.IF_WANTED, "webhook.failing", "Your webhook does not answer"),
            told(Category.SYSTEM, Mail.IF_WANTED, "webhook.disabled", "Your webhook was disabled"));

    static boolean isTold(String action) {
        return TOLD.containsKey(action);
    }

    static boolean isForSuperAdmins(AuditEvent event) {
        return FOR_SUPER_ADMINS.contains(event.action());
    }

    /** What a member is told of an event; empty when that is nothing. */
    static Optional<Notice> of(AuditEvent event, UUID member) {
        return Optional.ofNullable(TOLD.get(event.action()))
                .map(told -> new Notice(
                        member,
                        told.category(),
                        Level.valueOf(event.severity().name()),
                        event.action(),
                        told.title(),
                        body(event, member, told.title()),
                        mail(told.mail(), event)));
    }

    private static Mail mail(Mail told, AuditEvent event) {
        boolean matters = event.severity() != AuditEvent.Severity.INFO || told == Mail.OF_OUTCOME;
        return matters ? told : Mail.NEVER;
    }

    private static String body(AuditEvent event, UUID member, String title) {
        boolean own = member.equals(event.actor().id());
        String what =
                event.target().name().isEmpty() ? "" : " (" + event.target().name() + ")";
        String from = own && !event.origin().address().isEmpty()
                ? ", from " + event.origin().address()
                        + (event.origin().userAgent().isEmpty()
                                ? ""
                                : " by " + event.origin().userAgent())
                : "";
        String when = event.at().withNano(0).toString().replace('T', ' ').replace("Z", " UTC");
        return title + what + " at " + when + from + ".";
    }

    /** What opens an account, or takes it away, or listens to it. */
    private static Map.Entry<String, Told> always(String action, String title) {
        return told(Category.SECURITY_ALERT, Mail.ALWAYS, action, title);
    }

    private static Map.Entry<String, Told> told(Category category, Mail mail, String action, String title) {
        return Map.entry(action, new Told(category, mail, title));
    }
}
