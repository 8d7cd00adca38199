package io.vpnenterprise.identity.provider;

import io.vpnenterprise.platform.FeatureConfig;
import io.vpnenterprise.platform.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Settings of sign-in by other providers: {@code vpn.oidc.providers} names them, {@code vpn.oidc.NAME.…} are each one's. */
@ApplicationScoped
public class OidcConfig implements FeatureConfig {

    /** Without hyphens, which environment variables cannot tell from dots. */
    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9]{0,31}");

    private static final int MOST_PROVIDERS = 16;

    private Map<String, OidcProvider> providers;
    private Duration signInLife;
    private Duration deadline;

    @Override
    public void read(Settings settings) {
        // Long enough to find one's password and second factor, short enough that a forgotten tab is harmless.
        signInLife = settings.duration(
                "vpn.oidc.sign-in-life", Duration.ofMinutes(10), Duration.ofSeconds(30), Duration.ofHours(1));
        // For each call of a provider: somebody waits before a blank page meanwhile.
        deadline = settings.duration(
                "vpn.oidc.deadline", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofSeconds(30));
        List<String> ids = settings.list("vpn.oidc.providers", List.of());
        if (ids.size() > MOST_PROVIDERS) {
            throw new IllegalStateException("vpn.oidc.providers names more than " + MOST_PROVIDERS);
        }
        providers = new LinkedHashMap<>();
        ids.forEach(id -> providers.put(id, provider(id, settings)));
    }

    private static OidcProvider provider(String id, Settings settings) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalStateException("vpn.oidc.providers: not a name of lower-case letters and digits: " + id);
        }
        String prefix = "vpn.oidc." + id + ".";
        return new OidcProvider(
                id,
                settings.text(prefix + "name", id),
                issuer(prefix + "issuer", settings),
                settings.text(prefix + "client-id").orElseThrow(() -> missing(prefix + "client-id")),
                settings.secret(prefix + "client-secret"),
                scopes(settings.list(prefix + "scopes", List.of("openid", "email", "profile"))),
                settings.text(prefix + "groups-claim", "groups"),
                Set.copyOf(new HashSet<>(settings.list(prefix + "admin-groups", List.of()))),
                Set.copyOf(new HashSet<>(settings.list(prefix + "super-admin-groups", List.of()))),
                lowerCase(settings.list(prefix + "allowed-domains", List.of())),
                // An address that nobody proved may be somebody else's.
                flag(settings, prefix + "trust-email", false),
                // Who turned a second factor on here wants it asked for, and not every provider asks for one.
                flag(settings, prefix + "second-factor", true));
    }

    /** Tokens and secrets travel to it: only a provider on this machine may do without TLS. */
    private static URI issuer(String key, Settings settings) {
        String text = settings.text(key).orElseThrow(() -> missing(key));
        try {
            URI issuer = URI.create(text);
            if (issuer.getHost() != null
                    && issuer.getQuery() == null
                    && issuer.getFragment() == null
                    && OidcHttp.mayTalkTo(issuer)) {
                return issuer;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new IllegalStateException(key + " must be an https address; plain http only on loopback");
    }

    private static List<String> scopes(List<String> given) {
        if (!given.contains("openid")) {
            throw new IllegalStateException("the scopes of a provider must include openid");
        }
        return given;
    }

    private static boolean flag(Settings settings, String key, boolean otherwise) {
        String text = settings.text(key, String.valueOf(otherwise));
        if (!text.equals("true") && !text.equals("false")) {
            throw new IllegalStateException(key + " must be true or false");
        }
        return text.equals("true");
    }

    private static Set<String> lowerCase(Collection<String> texts) {
        Set<String> result = new HashSet<>();
        texts.forEach(text -> result.add(text.toLowerCase(Locale.ROOT)));
        return Set.copyOf(result);
    }

    private static IllegalStateException missing(String key) {
        return new IllegalStateException(key + " is not set");
    }

    /** In the operator's order. */
    Collection<OidcProvider> providers() {
        return providers.values();
    }

    Optional<OidcProvider> find(String id) {
        return Optional.ofNullable(providers.get(id));
    }

    Duration signInLife() {
        return signInLife;
    }

    Duration deadline() {
        return deadline;
    }
}
