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
    QUOTA_EXCEEDED,
    /** The device was heard on its next server, or had its time to get there. */
    DRAINED,
    /** Its time was over, or its member's. */
    EXPIRED;

    /** Whether it is the peer that goes, not the device: what the peer succeeded is then wanted again. */
    boolean endsOnlyOnePeer() {
        return this == SERVER_DELETED || this == NOT_CONFIRMED;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
