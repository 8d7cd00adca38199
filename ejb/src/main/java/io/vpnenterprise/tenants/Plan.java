package io.vpnenterprise.tenants;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The plans that there are; what each allows is data: see {@link HostingPlan}. */
public enum Plan {
    FREE,
    PRO,
    ENTERPRISE;

    public static Optional<Plan> find(String label) {
        return Arrays.stream(values())
                .filter(plan -> plan.label().equals(label))
                .findFirst();
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
