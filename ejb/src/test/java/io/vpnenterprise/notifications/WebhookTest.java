package io.vpnenterprise.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebhookTest {

    @Test
    void takesAnAbsentNameForNoChoice() {
        Webhook.Spec spec = new Webhook.Spec("https://example.org", null, Arrays.asList("user.login", null), true);

        assertThat(WebhookEvents.isChoice(spec.events())).isFalse();
    }

    @Test
    void takesNamesOfTheListOrTheStarAlone() {
        assertThat(WebhookEvents.isChoice(List.of("*"))).isTrue();
        assertThat(WebhookEvents.isChoice(List.of("user.login", "user.security.alert")))
                .isTrue();
        assertThat(WebhookEvents.isChoice(List.of("*", "user.login"))).isFalse();
    }
}
