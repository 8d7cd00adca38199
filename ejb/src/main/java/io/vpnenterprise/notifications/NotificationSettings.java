package io.vpnenterprise.notifications;

/**
 * What a member wants to hear, and how: two channels beside the list in the application, five subjects.
 *
 * @param threatAlerts and {@code marketingEmails} are kept for clients of the original; nothing of the kind is sent yet
 */
public record NotificationSettings(
        boolean email,
        boolean push,
        boolean securityAlerts,
        boolean connectionEvents,
        boolean threatAlerts,
        boolean subscriptionUpdates,
        boolean marketingEmails) {

    /** Connections are many, and advertising is asked for first. */
    static final NotificationSettings DEFAULT = new NotificationSettings(true, true, true, false, true, true, false);

    /** Whether a notice is shown and pushed at all. */
    boolean wants(Notice.Category category) {
        return switch (category) {
            case SECURITY_ALERT -> securityAlerts;
            case CONNECTION -> connectionEvents;
            case SUBSCRIPTION -> subscriptionUpdates;
            case DEVICE, SYSTEM -> true;
        };
    }

    boolean mails(Notice notice) {
        return notice.always() || notice.mailed() && email && wants(notice.category());
    }

    boolean pushes(Notice notice) {
        return push && wants(notice.category());
    }
}
