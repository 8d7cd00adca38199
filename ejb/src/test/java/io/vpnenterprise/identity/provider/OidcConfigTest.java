package io.vpnenterprise.identity.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.identity.Role;
import io.vpnenterprise.platform.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OidcConfigTest {

    private static final Map<String, String> CORP = Map.of(
            "vpn.oidc.providers", "corp",
            "vpn.oidc.corp.issuer", "https://id.corp.example/realms/corp",
            "vpn.oidc.corp.client-id", "vpn");

    @Test
    void hasNoProvidersByDefault() {
        OidcConfig config = read(Map.of());

        assertThat(config.providers()).isEmpty();
        assertThat(config.signInLife()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.deadline()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void statesTheDefaultsOfAProvider() {
        assertThat(read(CORP).find("corp"))
                .contains(new OidcProvider(
                        "corp",
                        "corp",
                        URI.create("https://id.corp.example/realms/corp"),
                        "vpn",
                        Optional.empty(),
                        List.of("openid", "email", "profile"),
                        "groups",
                        Set.of(),
                        Set.of(),
                        Set.of(),
                        false,
                        true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://id.corp.example",
                "http://127.0.0.1.corp.example",
                "ftp://127.0.0.1",
                "https:///realms",
                "https://id.corp.example/?a=b",
                "https://id.corp.example/#a",
                "not an address"
            })
    void refusesIssuersThatSecretsMustNotTravelTo(String issuer) {
        assertThatThrownBy(() -> read(with("vpn.oidc.corp.issuer", issuer)))
                .hasMessageContaining("vpn.oidc.corp.issuer must be an https address");
    }

    @ParameterizedTest
    @CsvSource({
        "vpn.oidc.providers, Corp",
        "vpn.oidc.providers, corp-1",
        "vpn.oidc.corp.scopes, email",
        "vpn.oidc.corp.trust-email, yes",
        "vpn.oidc.deadline, PT1M"
    })
    void refusesWhatItCannotMean(String key, String value) {
        assertThatThrownBy(() -> read(with(key, value))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void takesTheHighestRoleOfTheGroups() {
        OidcProvider provider =
                provider("vpn.oidc.corp.admin-groups", "ops, net ops", "vpn.oidc.corp.super-admin-groups", "owners");

        assertThat(provider.roleOf(List.of("ops", "owners"))).isEqualTo(Role.SUPER_ADMIN);
        assertThat(provider.roleOf(List.of("staff", "net ops"))).isEqualTo(Role.ADMIN);
        assertThat(provider.roleOf(List.of("OPS", "ops2", ""))).isEqualTo(Role.USER);
        assertThat(provider.decidesRoles()).isTrue();
        assertThat(provider("vpn.oidc.corp.name", "Corp").decidesRoles()).isFalse();
    }

    @Test
    void admitsTheNamedDomainsAlone() {
        OidcProvider provider = provider("vpn.oidc.corp.allowed-domains", "Corp.example");

        assertThat(provider.admits("a@corp.example")).isTrue();
        assertThat(provider.admits("a@evil.corp.example")).isFalse();
        assertThat(provider.admits("a@corp.example@evil.example")).isFalse();
    }

    @Test
    void believesAnAddressThatIsCalledVerifiedOrThatTheOperatorTrusts() {
        OidcProvider careful = provider("vpn.oidc.corp.name", "Corp");
        OidcProvider trusting = provider("vpn.oidc.corp.trust-email", "true");

        assertThat(person(careful, Map.of("email", "A@corp.example", "email_verified", true)))
                .matches(ExternalPerson::emailVerified)
                .extracting(ExternalPerson::email)
                .isEqualTo(Optional.of("a@corp.example"));
        assertThat(person(careful, Map.of("email", "a@corp.example")).emailVerified())
                .isFalse();
        assertThat(person(trusting, Map.of("email", "a@corp.example")).emailVerified())
                .isTrue();
        assertThat(person(trusting, Map.of("email", "no address", "email_verified", true))
                        .emailVerified())
                .isFalse();
    }

    @Test
    void takesGroupsThatAreNotListedForNone() {
        OidcProvider provider = provider("vpn.oidc.corp.admin-groups", "ops");

        assertThat(person(provider, Map.of()).role()).contains(Role.USER);
        assertThat(person(provider, Map.of("groups", "ops")).role()).contains(Role.ADMIN);
        assertThat(person(provider, Map.of("groups", List.of("ops"))).role()).contains(Role.ADMIN);
    }

    @Test
    void printsNoSecret() {
        assertThat(provider("vpn.oidc.corp.client-secret", "very secret").toString())
                .doesNotContain("very secret");
    }

    private static ExternalPerson person(OidcProvider provider, Map<String, Object> claims) {
        return ExternalPerson.of(provider, "subject", claims);
    }

    private static OidcProvider provider(String... settings) {
        return read(with(settings)).find("corp").orElseThrow();
    }

    private static Map<String, String> with(String... settings) {
        Map<String, String> all = new HashMap<>(CORP);
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return all;
    }

    private static OidcConfig read(Map<String, String> settings) {
        OidcConfig config = new OidcConfig();
        config.read(new Settings(key -> Optional.ofNullable(settings.get(key))));
        return config;
    }
}
