package io.vpnenterprise.notifications;

import java.util.Locale;

/** A way out of the house. */
public enum Channel {
    MAIL,
    PUSH,
    WEBHOOK;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
