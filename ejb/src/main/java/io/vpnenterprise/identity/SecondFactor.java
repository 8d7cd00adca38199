package io.vpnenterprise.identity;

import java.util.Arrays;
import java.util.Optional;

/** What an account can prove itself with beside its password. */
public enum SecondFactor {
    /** A code of an authenticator app. */
    TOTP("totp", "code"),
    PASSKEY("passkey", "passkey"),
    /** One of ten, for whoever lost the others. */
    RECOVERY_CODE("recovery-code", "recovery code");

    private final String label;
    private final String method;

    SecondFactor(String label, String method) {
        this.label = label;
        this.method = method;
    }

    /** By the name that the API shows, compared as a whole. */
    public static Optional<SecondFactor> find(String label) {
        return Arrays.stream(values())
                .filter(factor -> factor.label.equals(label))
                .findFirst();
    }

    /** The name in the API. */
    public String label() {
        return label;
    }

    /** How a session shows it, for people to read. */
    String method() {
        return method;
    }
}
