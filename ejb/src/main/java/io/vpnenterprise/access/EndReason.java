package io.vpnenterprise.access;

import java.util.Locale;

/** Why a connection ended. */
public enum EndReason {
    DISCONNECTED,
    MOVED,
    DEVICE_REMOVED,
    SERVER_DELETED,
    ACCOUNT_CLOSED,
    NOT_CONFIRMED,
    QUOTA_EXCEEDED;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
