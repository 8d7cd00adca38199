package io.vpnenterprise.notifications;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Calls webhooks: a signed POST, 2xx is success. */
@ApplicationScoped
class WebhookCourier implements Courier {

    @Inject
    NotificationsConfig config;

    @Inject
    WebhookRows rows;

    @Inject
    WebhookHealth health;

    @Inject
    HttpPost http;

    @Override
    public Channel channel() {
        return Channel.WEBHOOK;
    }

    @Override
    public int workers() {
        return 20;
    }

    @Override
    public int atOnce() {
        return 4;
    }

    @Override
    public Duration lease() {
        return config.webhookDeadline().plus(AFTER_THE_DEADLINE);
    }

    @Override
    public Duration giveUpAfter() {
        return config.webhookGiveUp();
    }

    @Override
    public int mostWaiting() {
        return 10_000;
    }

    @Override
    public boolean keepsContent() {
        return true;
    }

    @Override
    public Outcome carry(Parcel parcel) {
        Optional<WebhookRows.Target> target = rows.target(UUID.fromString(parcel.destination()));
        if (target.isEmpty()) {
            return new Outcome.Refused(0, "disabled");
        }
        return call(target.get(), parcel);
    }

    private Outcome call(WebhookRows.Target target, Parcel parcel) {
        List<WebhookSecret> secrets =
                target.secrets().stream().map(WebhookSecret::new).toList();
        String id = parcel.eventId().toString();
        long now = Instant.now().getEpochSecond();
        Map<String, String> headers = Map.of(
                "Content-Type", "application/json",
                "webhook-id", id,
                "webhook-timestamp", String.valueOf(now),
                "webhook-signature", WebhookSecret.standard(secrets, id, now, parcel.content()),
                "X-VPN-Signature", WebhookSecret.original(secrets, parcel.content()));
        try {
            HttpPost.Answer answer = http.send(target.url(), headers, parcel.content(), config.webhookDeadline());
            boolean taken = answer.status() >= 200 && answer.status() < 300;
            return taken
                    ? new Outcome.Delivered(answer.status(), answer.body())
                    : new Outcome.NotYet(answer.status(), answer.body());
        } catch (IOException e) {
            return new Outcome.NotYet(0, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void ending(Parcel parcel) {
        health.lock(UUID.fromString(parcel.destination()));
    }

    @Override
    public void ended(Parcel parcel, Outcome outcome, Delivery.State state) {
        UUID id = UUID.fromString(parcel.destination());
        if (outcome instanceof Outcome.Delivered) {
            health.succeeded(id);
        } else {
            // 410 Gone: the receiver wants no more calls.
            health.failed(id, state == Delivery.State.FAILED, outcome.status() == 410);
        }
    }
}
