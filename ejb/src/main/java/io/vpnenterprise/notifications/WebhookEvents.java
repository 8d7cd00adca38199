package io.vpnenterprise.notifications;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What webhooks can hear of: a published list, in the original's names, which stay when our own words change. What is not
 * on it nobody outside hears.
 */
public final class WebhookEvents {

    /** Stands for all. */
    static final String ALL = "*";

    /** Sent on demand, to every webhook that asks for it. */
    static final String TEST = "webhook.test";

    private static final String USER_UPDATED = "user.updated";

    /** What opens the account is another. */
    private static final String SECURITY_UPDATED = "user.security.updated";

    /** Somebody may be at the account who is not its owner. */
    private static final String SECURITY_ALERT = "user.security.alert";

    /** From actions to names. */
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("user.created", "user.created"),
            Map.entry("user.signed-in", "user.login"),
            Map.entry("user.email-verified", USER_UPDATED),
            Map.entry("user.email-changed", USER_UPDATED),
            Map.entry("user.password-changed", USER_UPDATED),
            Map.entry("user.password-reset", USER_UPDATED),
            Map.entry("user.role-changed", USER_UPDATED),
            Map.entry("user.allowance-changed", USER_UPDATED),
            Map.entry("user.suspended", USER_UPDATED),
            Map.entry("user.restored", USER_UPDATED),
            Map.entry("user.deleted", "user.deleted"),
            Map.entry("totp.enabled", SECURITY_UPDATED),
            Map.entry("totp.disabled", SECURITY_UPDATED),
            Map.entry("passkey.added", SECURITY_UPDATED),
            Map.entry("passkey.removed", SECURITY_UPDATED),
            Map.entry("recovery-codes.renewed", SECURITY_UPDATED),
            Map.entry("user.security-reset", SECURITY_UPDATED),
            Map.entry("identity.linked", SECURITY_UPDATED),
            Map.entry("identity.unlinked", SECURITY_UPDATED),
            Map.entry("recovery-code.used", SECURITY_ALERT),
            Map.entry("passkey.copied", SECURITY_ALERT),
            Map.entry("refresh-token.replayed", SECURITY_ALERT),
            Map.entry("second-factor.limited", SECURITY_ALERT),
            Map.entry("second-factor.refused", SECURITY_ALERT),
            Map.entry("user.locked", SECURITY_ALERT),
            Map.entry("user.signed-in-from-unknown-device", SECURITY_ALERT),
            Map.entry("session.ended", "session.ended"),
            Map.entry("device.added", "device.added"),
            Map.entry("device.removed", "device.removed"),
            Map.entry("device.key-changed", "device.key_changed"),
            Map.entry("vpn.key-rotation-due", "vpn.key_rotation_due"),
            Map.entry("vpn.key-rotated", "vpn.key_rotated"),
            Map.entry("api-key.created", "api_key.created"),
            Map.entry("api-key.revoked", "api_key.revoked"),
            Map.entry("organisation.created", "organisation.created"),
            Map.entry("organisation.updated", "organisation.updated"),
            Map.entry("organisation.deleted", "organisation.deleted"),
            Map.entry("member.joined", "organisation.member.joined"),
            Map.entry("member.left", "organisation.member.left"),
            Map.entry("member.removed", "organisation.member.removed"),
            Map.entry("member.role-changed", "organisation.member.role_changed"),
            Map.entry("invitation.made", "organisation.invitation.made"),
            Map.entry("invitation.revoked", "organisation.invitation.revoked"),
            Map.entry("invitation.declined", "organisation.invitation.declined"),
            Map.entry("device.key-shared", SECURITY_ALERT),
            Map.entry("device.roamed-often", SECURITY_ALERT),
            Map.entry("quota.abused", SECURITY_ALERT),
            Map.entry("quota.warned", "vpn.quota.warned"),
            Map.entry("quota.exceeded", "vpn.quota.exceeded"),
            Map.entry("tenant.provisioned", "database.created"),
            Map.entry("tenant.suspended", "database.updated"),
            Map.entry("tenant.resumed", "database.updated"),
            Map.entry("tenant.scaled", "database.updated"),
            Map.entry("tenant.credentials-rotated", "database.updated"),
            Map.entry("tenant.recovered", "database.updated"),
            Map.entry("tenant.destroyed", "database.deleted"),
            Map.entry("tenant.storage-warned", "database.storage_warned"),
            Map.entry("tenant.storage-restricted", "database.storage_restricted"),
            Map.entry("tenant.storage-restored", "database.storage_restored"),
            Map.entry("tenant.job-failed", "database.job_failed"),
            Map.entry("vpn.connected", "vpn.connected"),
            Map.entry("vpn.disconnected", "vpn.disconnected"),
            Map.entry("vpn.rehomed", "vpn.rehomed"),
            Map.entry("server.created", "vpn.server.created"),
            Map.entry("server.deleted", "vpn.server.deleted"));

    private static final List<String> PUBLISHED =
            NAMES.values().stream().distinct().sorted().toList();

    private WebhookEvents() {}

    /** Every name that a webhook can ask for. */
    public static List<String> published() {
        return PUBLISHED;
    }

    /** What an action is called outside, if it is published. */
    static Optional<String> nameOf(String action) {
        return Optional.ofNullable(NAMES.get(action));
    }

    static boolean isChoice(List<String> events) {
        return events != null
                && !events.isEmpty()
                && (events.equals(List.of(ALL)) || PUBLISHED.containsAll(events))
                && events.stream().distinct().count() == events.size();
    }
}
