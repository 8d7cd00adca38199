package io.vpnenterprise.tenants;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a tenant's database is. */
public enum Engine {
    POSTGRESQL,
    MARIADB;

    public static Optional<Engine> find(String label) {
        return Arrays.stream(values())
                .filter(engine -> engine.label().equals(label))
                .findFirst();
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
