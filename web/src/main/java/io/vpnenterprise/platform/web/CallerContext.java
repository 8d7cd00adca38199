package io.vpnenterprise.platform.web;

import io.vpnenterprise.identity.VerifiedToken;
import io.vpnenterprise.platform.Caller;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.util.Set;
import org.eclipse.microprofile.jwt.JsonWebToken;

/** The caller of a request, as JAX-RS carries him: resources read {@link #caller}, libraries a MicroProfile JWT. */
public final class CallerContext implements SecurityContext {

    private final VerifiedToken token;
    private final boolean secure;

    CallerContext(VerifiedToken token, boolean secure) {
        this.token = token;
        this.secure = secure;
    }

    /** The caller of a closed endpoint. */
    public static Caller caller(SecurityContext context) {
        // Some servers hand out a proxy of the context, but the principal as it is.
        return ((Token) context.getUserPrincipal()).caller();
    }

    @Override
    public Principal getUserPrincipal() {
        return new Token(token);
    }

    @Override
    public boolean isUserInRole(String role) {
        return token.caller().roles().contains(role);
    }

    @Override
    public boolean isSecure() {
        return secure;
    }

    @Override
    public String getAuthenticationScheme() {
        return "Bearer";
    }

    private record Token(VerifiedToken verified) implements JsonWebToken {

        Caller caller() {
            return verified.caller();
        }

        @Override
        public String getName() {
            return verified.caller().email();
        }

        @Override
        public Set<String> getClaimNames() {
            return verified.claims().keySet();
        }

        @Override
        public Set<String> getGroups() {
            return verified.caller().roles();
        }

        @Override
        public String getRawToken() {
            return verified.serialized();
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> T getClaim(String claimName) {
            // As they count now, whatever the token said when it was made.
            return (T)
                    (claimName.equals("groups")
                            ? getGroups()
                            : verified.claims().get(claimName));
        }
    }
}
