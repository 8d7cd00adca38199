package io.vpnenterprise.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebhookSecretTest {

    private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);

    /** The example that libraries of Standard Webhooks are tested with. */
    @Test
    void signsAsTheSpecificationsExample() {
        WebhookSecret secret = new WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

        assertThat(WebhookSecret.standard(List.of(secret), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, BODY))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void signsWithBothWhileOneReplacesTheOther() {
        List<WebhookSecret> both = List.of(WebhookSecret.random(), WebhookSecret.random());

        assertThat(WebhookSecret.standard(both, "id", 1, BODY)).matches("v1,\\S{44} v1,\\S{44}");
        // One value, by the old one, which all receivers have.
        assertThat(WebhookSecret.original(both, BODY))
                .matches("sha256=[0-9a-f]{64}")
                .isEqualTo(WebhookSecret.original(both.subList(1, 2), BODY));
    }

    @Test
    void hasAPrefixAndPrintsNothing() {
        WebhookSecret secret = WebhookSecret.random();

        assertThat(secret.text()).matches("whsec_[A-Za-z0-9+/]{43}=");
        assertThat(secret.toString()).doesNotContain(secret.text());
    }
}
