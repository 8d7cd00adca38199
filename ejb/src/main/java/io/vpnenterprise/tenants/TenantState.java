package io.vpnenterprise.tenants;

import java.util.Locale;

/** {@code PROVISIONING → ACTIVE ⇄ SUSPENDED → RETIRED → GONE}; a provisioning that fails for good goes straight to the end. */
public enum TenantState {
    PROVISIONING,
    ACTIVE,
    /** Nobody gets into the database. */
    SUSPENDED,
    /** Destroyed: nobody gets in, and the copy can be recovered until its time. */
    RETIRED,
    /** The cluster has nothing of it any more. */
    GONE;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
