package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Caller;
import java.util.Map;

/** A token that holds, its claims, and who it stands for now. */
public record VerifiedToken(String serialized, Map<String, Object> claims, Caller caller) {
    public VerifiedToken {
        claims = Map.copyOf(claims);
    }

    @Override
    public String toString() {
        return "VerifiedToken[" + caller.userId() + ", ***]";
    }
}
