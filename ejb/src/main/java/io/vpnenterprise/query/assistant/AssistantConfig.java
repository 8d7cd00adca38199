package io.vpnenterprise.query.assistant;

import io.vpnenterprise.platform.BoundedHttp;
import io.vpnenterprise.platform.FeatureConfig;
import io.vpnenterprise.platform.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Settings of the SQL assistant. */
@ApplicationScoped
public class AssistantConfig implements FeatureConfig {

    private Optional<URI> url;
    private Optional<String> key;
    private String model;
    private Duration deadline;

    @Override
    public void read(Settings settings) {
        // The catalogue of members' databases goes there: none by default.
        url = settings.text("vpn.assistant.url").map(AssistantConfig::address);
        key = settings.secret("vpn.assistant.key");
        model = settings.text("vpn.assistant.model", "gpt-4o-mini");
        // A model of this machine writes some ten words a second.
        deadline = settings.duration(
                "vpn.assistant.deadline", Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofMinutes(5));
    }

    private static URI address(String text) {
        try {
            URI address = URI.create(text.endsWith("/") ? text : text + "/");
            if (address.getHost() != null && BoundedHttp.mayTalkTo(address)) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new IllegalStateException(
                "VPN_ASSISTANT_URL must be an https address, such as https://api.example.org/v1; http on loopback alone");
    }

    /** Below which {@code chat/completions} is; empty when there is no assistant. */
    Optional<URI> url() {
        return url;
    }

    Optional<String> key() {
        return key;
    }

    String model() {
        return model;
    }

    Duration deadline() {
        return deadline;
    }
}
