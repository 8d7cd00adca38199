package io.vpnenterprise.notifications;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Calls webhooks: a signed POST, 2xx is success. */
@ApplicationScoped
class WebhookCourier implements Courier {

    private static final int AT_ONCE = 4;

    /** Whose last call failed gets one at a time. */
    private final Set<String> failing = ConcurrentHashMap.newKeySet();

    @Inject
    NotificationsConfig config;

    @Inject
    WebhookRows rows;

    @Inject
    HttpPost http;

    @Override
    public Channel channel() {
        return Channel.WEBHOOK;
    }

    @Override
    public int atOnce(String lane) {
        return failing.contains(lane) ? 1 : AT_ONCE;
    }

    @Override
    public Duration lease() {
        // The look-up of a name has its own deadline, and may use it up.
        return config.webhookDeadline().plusSeconds(20);
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
        Outcome outcome = call(target.get(), parcel);
        if (outcome instanceof Outcome.Delivered) {
            failing.remove(parcel.lane());
        } else {
            failing.add(parcel.lane());
        }
        return outcome;
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
    public void ended(Parcel parcel, Outcome outcome, Delivery.State state) {
        UUID id = UUID.fromString(parcel.destination());
        if (outcome instanceof Outcome.Delivered) {
            rows.succeeded(id);
        } else {
            // 410 Gone: the receiver wants no more calls.
            rows.failed(id, state == Delivery.State.FAILED, outcome.status() == 410);
        }
    }
}
