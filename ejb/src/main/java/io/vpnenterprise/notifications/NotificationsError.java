package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.ErrorCode;
import io.vpnenterprise.platform.ErrorKind;

/** What can go wrong with mails, notifications, push subscriptions and webhooks. */
public enum NotificationsError implements ErrorCode {
    INVALID_RECIPIENT(ErrorKind.INVALID, "This is not an e-mail address that mail can be sent to"),
    MAIL_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such mail"),
    MAIL_TEXT_GONE(ErrorKind.CONFLICT, "The mail's text is not kept any more"),
    NOTIFICATION_NOT_FOUND(ErrorKind.NOT_FOUND, "You have no such notification"),
    DELIVERY_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such delivery"),
    DELIVERY_UNDER_WAY(ErrorKind.CONFLICT, "The delivery is not over yet"),
    INVALID_WEBHOOK_URL(ErrorKind.INVALID, "A webhook's URL is https, without user and fragment, to a public address"),
    INVALID_WEBHOOK_EVENTS(ErrorKind.INVALID, "A webhook names events out of the published list, or * for all"),
    INVALID_WEBHOOK_DESCRIPTION(ErrorKind.INVALID, "A description has at most 200 printable characters"),
    WEBHOOK_LIMIT_REACHED(ErrorKind.QUOTA_EXCEEDED, "You have as many webhooks as you may have"),
    WEBHOOK_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such webhook"),
    WEBHOOK_DISABLED(ErrorKind.CONFLICT, "The webhook is disabled; enable it first"),
    INVALID_PUSH_SUBSCRIPTION(
            ErrorKind.INVALID, "A push subscription has an https endpoint and the keys p256dh and auth"),
    PUSH_SUBSCRIPTION_NOT_FOUND(ErrorKind.NOT_FOUND, "You have no such push subscription");

    private final ErrorKind kind;
    private final String sentence;

    NotificationsError(ErrorKind kind, String sentence) {
        this.kind = kind;
        this.sentence = sentence;
    }

    @Override
    public ErrorKind kind() {
        return kind;
    }

    @Override
    public String sentence() {
        return sentence;
    }
}
