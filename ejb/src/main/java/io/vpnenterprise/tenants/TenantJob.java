package io.vpnenterprise.tenants;

import java.util.List;
import java.util.Locale;

/** The jobs of tenants, with the steps that their XML names: a test compares them. */
public enum TenantJob {
    PROVISION_TENANT("create-roles", "create-database", "isolate", "apply-limits", "prove-logins", "mark-ready"),
    SUSPEND_TENANT("close-database", "mark-suspended"),
    RESUME_TENANT("reopen-database", "mark-resumed"),
    SCALE_TENANT("apply-limits", "mark-scaled"),
    ROTATE_CREDENTIALS("set-passwords", "prove-logins", "mark-rotated"),
    RETIRE_TENANT("close-database", "mark-retired"),
    RECOVER_TENANT("reopen-database", "mark-recovered"),
    PURGE_TENANT("remove-database", "mark-gone");

    private final List<String> steps;

    TenantJob(String... steps) {
        this.steps = List.of(steps);
    }

    /** The name of its XML. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public List<String> steps() {
        return steps;
    }

    /** Whether its steps may touch a retired tenant alone: a copy is opened again, or removed, and never both. */
    boolean isForRetired() {
        return this == RECOVER_TENANT || this == PURGE_TENANT;
    }

    /** By the name of its XML. */
    public static TenantJob of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
