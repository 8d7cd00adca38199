package io.vpnenterprise.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformConfigTest {

    private static final String KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    @Test
    void takesOriginsAsBrowsersSendThem() {
        assertThat(config("https://console.example.org, http://localhost:3000,http://[::1]:8080")
                        .allowedOrigins())
                .containsExactly("https://console.example.org", "http://localhost:3000", "http://[::1]:8080");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "null",
                "https://*.example.org",
                "https://example.org/",
                "https://Example.org",
                "https://example.org:443",
                "http://example.org:80",
                "example.org",
                "ftp://example.org"
            })
    void refusesOriginsThatNoBrowserSends(String origin) {
        assertThatThrownBy(() -> config(origin)).hasMessageContaining(origin);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://vpn.example.org/",
                "https://vpn.example.org:443",
                "https://VPN.example.org",
                "https://vpn.example.org/portal",
                "vpn.example.org"
            })
    void refusesAPublicAddressThatNoBrowserWouldSend(String address) {
        assertThatThrownBy(() -> config("http://localhost:3000", address))
                .hasMessageContaining("VPN_PUBLIC_URL")
                .hasMessageContaining(address);
    }

    private static PlatformConfig config(String origins) {
        return config(origins, "https://vpn.example.org");
    }

    private static PlatformConfig config(String origins, String publicUrl) {
        Map<String, String> values =
                Map.of("vpn.master-key", KEY, "ALLOWED_ORIGINS", origins, "vpn.public-url", publicUrl);
        PlatformConfig config = new PlatformConfig();
        config.read(new Settings(key -> Optional.ofNullable(values.get(key))));
        return config;
    }
}
