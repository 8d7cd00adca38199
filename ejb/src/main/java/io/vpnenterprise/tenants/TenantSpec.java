package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.VpnException;
import java.util.regex.Pattern;

/** What a new tenant shall be. */
public record TenantSpec(String name, Plan plan, String region, Engine engine) {

    /** What is read aloud, put into a mail and typed to confirm; no control characters, no markup. */
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]{1,98}[\\p{L}\\p{N}._-]");

    public TenantSpec {
        if (name == null || !NAME.matcher(name).matches()) {
            throw VpnException.ofField(TenantError.INVALID_TENANT_NAME, "name", null);
        }
    }

    /**
     * @param plan absent: free
     * @param region absent: that of the cluster that there is
     * @param engine absent: PostgreSQL
     */
    public static TenantSpec of(String name, String plan, String region, String engine, String regionThatThereIs) {
        return new TenantSpec(
                name,
                plan == null
                        ? Plan.FREE
                        : Plan.find(plan)
                                .orElseThrow(() -> VpnException.ofField(TenantError.INVALID_PLAN, "plan", null)),
                region == null ? regionThatThereIs : region,
                engine == null
                        ? Engine.POSTGRESQL
                        : Engine.find(engine)
                                .orElseThrow(() -> VpnException.ofField(TenantError.INVALID_ENGINE, "engine", null)));
    }
}
