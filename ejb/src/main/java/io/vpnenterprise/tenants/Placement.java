package io.vpnenterprise.tenants;

import java.util.Locale;

/** Where a tenant's database is. */
public enum Placement {
    /** In a cluster with others. */
    SHARED,
    /** In a cluster of its own. */
    DEDICATED;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
