package io.vpnenterprise.tenants;

import java.util.Locale;

/** What somebody signs in to a tenant's database as. */
public enum Login {
    /** Makes and changes tables, which belong to another role: see {@link DatabaseNames#objects}. */
    OWNER,
    /** Reads and writes rows. */
    WRITER,
    /** Reads rows. */
    READER;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
