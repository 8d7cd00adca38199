package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Secrets;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.UUID;

/**
 * What a page must send beside its session's cookie, and what a page of somebody else cannot read: a keyed hash of the
 * session's id, the same on every application node, stored nowhere.
 */
@ApplicationScoped
public class CsrfTokens {

    @Inject
    Secrets secrets;

    public String of(UUID sessionId) {
        return secrets.macToken(sessionId.toString(), "csrf");
    }

    /** Compares in constant time. */
    public boolean matches(UUID sessionId, String given) {
        return given != null
                && MessageDigest.isEqual(
                        of(sessionId).getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
