package io.vpnenterprise.tenants;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What somebody signs in to a tenant's database as. */
public enum Login {
    /** Makes and changes tables, which belong to another role: see {@link DatabaseNames#objects}. */
    OWNER,
    /** Reads and writes rows. */
    WRITER,
    /** Reads rows. */
    READER;

    public static Optional<Login> find(String label) {
        return Arrays.stream(values())
                .filter(login -> login.label().equals(label))
                .findFirst();
    }

    /** As {@link #listed} reads them. */
    static String list(Set<Login> logins) {
        return logins.stream().map(Login::name).collect(Collectors.joining(","));
    }

    static Set<Login> listed(String list) {
        return Arrays.stream(list.split(",")).map(Login::valueOf).collect(Collectors.toSet());
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
