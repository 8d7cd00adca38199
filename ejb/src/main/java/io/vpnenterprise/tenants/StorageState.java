package io.vpnenterprise.tenants;

import java.util.Locale;

/** How much of its storage a database takes. */
public enum StorageState {
    NORMAL(0),
    /** Its owners are told. */
    WARNED_80(80),
    WARNED_90(90),
    /** Rows can be read and removed, and tables dropped; nothing else until there is room. */
    RESTRICTED(100);

    /** So much below where a state begins it ends: at the very line, each row would change it. */
    static final int PERCENT_TO_GO_BACK = 5;

    private final int percent;

    StorageState(int percent) {
        this.percent = percent;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The state of a database that is in this one now. */
    StorageState next(long usedBytes, long limitBytes) {
        StorageState reached = NORMAL;
        for (StorageState state : values()) {
            if (usedBytes >= share(limitBytes, state.percent)) {
                reached = state;
            }
        }
        return reached.compareTo(this) < 0 && usedBytes >= bytesOfEnd(limitBytes) ? this : reached;
    }

    /** Below this it ends. */
    long bytesOfEnd(long limitBytes) {
        return share(limitBytes, percent - PERCENT_TO_GO_BACK);
    }

    private static long share(long bytes, int percent) {
        // At most 10^15 bytes: no overflow.
        return bytes * percent / 100;
    }
}
