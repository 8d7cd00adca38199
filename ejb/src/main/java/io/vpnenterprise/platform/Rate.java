package io.vpnenterprise.platform;

import java.time.Duration;

/** So many in such a time; written {@code 100/PT15M}. */
public record Rate(int count, Duration per) {

    @Override
    public String toString() {
        return count + "/" + per;
    }
}
