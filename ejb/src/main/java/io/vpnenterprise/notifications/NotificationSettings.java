package io.vpnenterprise.notifications;

/** What a member wants to hear, and how: in the application, by mail, by push message. */
public record NotificationSettings(
        boolean email,
        boolean push,
        boolean inApp,
        boolean securityAlerts,
        boolean connectionEvents,
        boolean deviceEvents) {

    /** Connections are many. */
    static final NotificationSettings DEFAULT = new NotificationSettings(true, true, true, true, false, true);

    /** What shall be otherwise; null stays as it is. */
    public record Change(
            Boolean email,
            Boolean push,
            Boolean inApp,
            Boolean securityAlerts,
            Boolean connectionEvents,
            Boolean deviceEvents) {}

    boolean wants(Notice.Category category) {
        return switch (category) {
            case SECURITY_ALERT -> securityAlerts;
            case CONNECTION -> connectionEvents;
            case DEVICE -> deviceEvents;
            case SYSTEM -> true;
        };
    }

    boolean shows(Notice notice) {
        return inApp && wants(notice.category());
    }

    boolean pushes(Notice notice) {
        return push && wants(notice.category());
    }

    boolean mails(Notice notice) {
        return switch (notice.mail()) {
            case NEVER -> false;
            case IF_WANTED, OF_OUTCOME, DAILY -> email && wants(notice.category());
            case ALWAYS -> true;
        };
    }
}
