package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.AuditEvent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What a member is told of something that happened: the table from actions to sentences.
 *
 * @param mailed also by mail, where the member wants that
 * @param always by mail, whatever the member wants: see RATIONALE.md
 */
public record Notice(
        UUID userId,
        Category category,
        Level level,
        String action,
        String title,
        List<String> body,
        boolean mailed,
        boolean always) {

    public Notice {
        body = List.copyOf(body);
    }

    /** The original's types. */
    public enum Category {
        SECURITY_ALERT,
        CONNECTION,
        SUBSCRIPTION,
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

    private record Told(Category category, String title) {}

    /** Actions with a sentence of their own. An action that is not here is told when it is a WARNING, by its name. */
    private static final Map<String, Told> TOLD = Map.ofEntries(
            told("user.password-changed", "Your password was changed"),
            told("user.password-reset", "Your password was set anew through a mailed link"),
            told("user.email-change-asked", "A new e-mail address was asked for your account"),
            told("user.email-changed", "Your account's e-mail address was changed"),
            told("user.role-changed", "Your role was changed"),
            told("user.suspended", "Your account was suspended"),
            told("user.restored", "Your account works again"),
            told("user.deleted", "Your account was deleted"),
            told("user.locked", "Sign-ins to your account are limited: somebody guesses at its password"),
            told("user.signed-in-from-unknown-device", "Your account was signed in to from a new device"),
            told("totp.enabled", "An authenticator app was added to your account"),
            told("totp.disabled", "The authenticator app was taken off your account"),
            told("recovery-code.used", "A recovery code of your account was used"),
            told("recovery-codes.renewed", "Your account has new recovery codes"),
            told("second-factor.refused", "Somebody with your password was stopped by your second factor"),
            told("second-factor.limited", "Somebody guesses at your account's codes"),
            told("passkey.added", "A passkey was added to your account"),
            told("passkey.copied", "A passkey of your account seems to have been copied"),
            told("user.security-reset", "An administrator took the second factors off your account"),
            told("passkey.removed", "A passkey was taken off your account"),
            told("api-key.created", "An API key was made for your account"),
            told("api-key.revoked", "An API key of your account was revoked"),
            told("refresh-token.replayed", "A session of your account was ended: its token was used twice"),
            told("identity.linked", "Another way to sign in was linked to your account"),
            told("identity.unlinked", "A way to sign in was unlinked from your account"),
            told("mail.read", "An administrator read a mail that was held for you"),
            told(Category.DEVICE, "device.added", "A device was added"),
            told(Category.DEVICE, "device.removed", "A device was removed"),
            told(Category.CONNECTION, "vpn.connected", "A device connected"),
            told(Category.CONNECTION, "vpn.disconnected", "A device disconnected"),
            told(Category.SYSTEM, "webhook.failing", "Your webhook does not answer"),
            told(Category.SYSTEM, "webhook.disabled", "Your webhook was disabled"));

    /** Of these the mail itself would make the next one. */
    private static final List<String> NEVER_MAILED = List.of("mail.read");

    /** Sign-ins are many; whoever finds their mails a nuisance may turn them off. */
    private static final String SIGN_INS = "user.signed-in";

    /** What the member whom an event concerns is told; empty when that is nothing. */
    static Optional<Notice> of(AuditEvent event) {
        Told told = TOLD.get(event.action());
        boolean matters = event.severity() != AuditEvent.Severity.INFO;
        if (event.subjectId() == null || told == null && !matters) {
            return Optional.empty();
        }
        Category category = told == null ? Category.SECURITY_ALERT : told.category();
        String title = told == null ? "Something happened to your account: " + event.action() : told.title();
        boolean mailed = matters && !NEVER_MAILED.contains(event.action());
        return Optional.of(new Notice(
                event.subjectId(),
                category,
                Level.valueOf(event.severity().name()),
                event.action(),
                title,
                body(event, title),
                mailed,
                mailed && category == Category.SECURITY_ALERT && !event.action().startsWith(SIGN_INS)));
    }

    private static List<String> body(AuditEvent event, String title) {
        boolean own = event.subjectId().equals(event.actor().id());
        String what =
                event.target().name().isEmpty() ? "" : " (" + event.target().name() + ")";
        String from = own && !event.origin().address().isEmpty()
                ? ", from " + event.origin().address()
                        + (event.origin().userAgent().isEmpty()
                                ? ""
                                : " by " + event.origin().userAgent())
                : "";
        String when = event.at().withNano(0).toString().replace('T', ' ').replace("Z", " UTC");
        return List.of(title + what + " at " + when + from + ".");
    }

    private static Map.Entry<String, Told> told(String action, String title) {
        return told(Category.SECURITY_ALERT, action, title);
    }

    private static Map.Entry<String, Told> told(Category category, String action, String title) {
        return Map.entry(action, new Told(category, title));
    }
}
