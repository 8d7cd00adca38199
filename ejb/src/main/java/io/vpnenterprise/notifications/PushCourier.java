package io.vpnenterprise.notifications;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Gives push messages to browsers' push services (RFC 8030), encrypted for the browser. */
@ApplicationScoped
class PushCourier implements Courier {

    @Inject
    NotificationsConfig config;

    @Inject
    PushSubscriptions subscriptions;

    @Inject
    OutsideUrls urls;

    @Inject
    HttpPost http;

    @Inject
    VapidKey vapid;

    @Override
    public Channel channel() {
        return Channel.PUSH;
    }

    @Override
    public int workers() {
        return 8;
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
        return config.mailGiveUp();
    }

    @Override
    public int mostWaiting() {
        return 100_000;
    }

    @Override
    public boolean keepsContent() {
        return false;
    }

    @Override
    public Outcome carry(Parcel parcel) {
        Optional<PushSubscriptions.Keys> keys = subscriptions.keys(UUID.fromString(parcel.destination()));
        Optional<URI> endpoint = keys.flatMap(found -> urls.read(found.endpoint()));
        if (endpoint.isEmpty()) {
            return new Outcome.Refused(0, "unsubscribed");
        }
        Base64.Decoder decoder = Base64.getUrlDecoder();
        byte[] body = PushEncryption.encrypt(
                parcel.content(),
                decoder.decode(keys.get().p256dh()),
                decoder.decode(keys.get().auth()));
        Map<String, String> headers = Map.of(
                "Authorization", vapid.authorization(endpoint.get()),
                "Content-Encoding", "aes128gcm",
                "Content-Type", "application/octet-stream",
                // How long the push service keeps it for a browser that is away.
                "TTL", String.valueOf(config.mailGiveUp().toSeconds()),
                "Urgency", PushSubscriptions.urgency(parcel.content()));
        try {
            HttpPost.Answer answer = http.send(endpoint.get(), headers, body, config.webhookDeadline());
            return told(answer);
        } catch (IOException e) {
            return new Outcome.NotYet(0, String.valueOf(e.getMessage()));
        }
    }

    private static Outcome told(HttpPost.Answer answer) {
        int status = answer.status();
        if (status >= 200 && status < 300) {
            return new Outcome.Delivered(status, answer.body());
        }
        boolean later = status == 429 || status >= 500;
        return later ? new Outcome.NotYet(status, answer.body()) : new Outcome.Refused(status, answer.body());
    }

    @Override
    public void ending(Parcel parcel) {
        subscriptions.lock(UUID.fromString(parcel.destination()));
    }

    @Override
    public void ended(Parcel parcel, Outcome outcome, Delivery.State state) {
        // The browser unsubscribed, or is no more (RFC 8030, section 7.3).
        if (outcome.status() == 404 || outcome.status() == 410) {
            subscriptions.forget(UUID.fromString(parcel.destination()));
        }
    }
}
