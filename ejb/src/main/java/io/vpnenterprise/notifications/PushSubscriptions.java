package io.vpnenterprise.notifications;

import io.vpnenterprise.identity.Confirmations;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Members' browsers that get push messages, each through its maker's push service (RFC 8030). */
@Stateless
public class PushSubscriptions {

    /** More browsers than a person has; the oldest makes room. */
    private static final int MOST = 10;

    private static final int MAX_TEXT = 400;

    /** Of a key in base64: the longer one has 88 characters. */
    private static final int MAX_KEY = 100;

    private static final Jsonb JSON = JsonbBuilder.create();

    /**
     * What the browser gave: where to send, and what to encrypt for.
     *
     * @param p256dh base64url
     * @param auth base64url
     */
    public record Keys(String endpoint, String p256dh, String auth) {
        @Override
        public String toString() {
            return "Keys[***]";
        }
    }

    /** What the browser shows; its service worker reads this. */
    public record Message(UUID id, String category, String level, String title, String body) {}

    private record Target(UUID id, String service) {}

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    OutsideUrls urls;

    @Inject
    DeliveryRows deliveries;

    @Inject
    Confirmations confirmations;

    @Inject
    Outbox outbox;

    /**
     * Adds a browser; the same one again, perhaps with another account, replaces itself. It outlives the session: a recent
     * sign-in is needed.
     */
    public PushSubscription add(Caller caller, Keys keys) {
        confirmations.requireRecent(caller);
        URI endpoint = urls.read(keys.endpoint()).orElseThrow(() -> invalid("endpoint"));
        if (!PushEncryption.isKey(bytes("p256dh", keys.p256dh()))) {
            throw invalid("p256dh");
        }
        if (bytes("auth", keys.auth()).length != PushEncryption.AUTH_BYTES) {
            throw invalid("auth");
        }
        byte[] hash = Secrets.hash(keys.endpoint());
        UUID id = UUID.randomUUID();
        sql.update(
                """
                INSERT INTO push_subscriptions (id, user_id, endpoint_hash, sealed, service, user_agent, created_at)
                VALUES (?, ?, ?, ?, ?, ?, now())
                ON CONFLICT (endpoint_hash) DO UPDATE SET id = excluded.id, user_id = excluded.user_id,
                    sealed = excluded.sealed, user_agent = excluded.user_agent, created_at = excluded.created_at""",
                id,
                caller.userId(),
                hash,
                secrets.seal(JSON.toJson(keys).getBytes(StandardCharsets.UTF_8), purpose(id)),
                endpoint.getHost(),
                caller.origin().userAgent());
        sql.update("""
                DELETE FROM push_subscriptions WHERE user_id = ? AND id NOT IN
                  (SELECT id FROM push_subscriptions WHERE user_id = ? ORDER BY created_at DESC, id LIMIT ?)""", caller.userId(), caller.userId(), MOST);
        outbox.add(AuditEvent.by(caller, "push-subscription.added")
                .of(AuditEvent.Severity.WARNING)
                .on("push-subscription", id, endpoint.getHost()));
        return list(caller).stream()
                .filter(subscription -> subscription.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Newest first; they are few. */
    public List<PushSubscription> list(Caller caller) {
        return sql.list(
                "SELECT * FROM push_subscriptions WHERE user_id = ? ORDER BY created_at DESC, id",
                row -> new PushSubscription(
                        Sql.uuid(row, "id"),
                        row.getString("service"),
                        row.getString("user_agent"),
                        Sql.time(row, "created_at").orElseThrow()),
                caller.userId());
    }

    public void remove(Caller caller, UUID id) {
        if (sql.update("DELETE FROM push_subscriptions WHERE id = ? AND user_id = ?", id, caller.userId()) == 0) {
            throw new VpnException(NotificationsError.PUSH_SUBSCRIPTION_NOT_FOUND, String.valueOf(id));
        }
        deliveries.abandon(Channel.PUSH, id.toString(), "unsubscribed");
        outbox.add(AuditEvent.by(caller, "push-subscription.removed").on("push-subscription", id, ""));
    }

    /** Removes all of a member. */
    public void removeAll(UUID userId) {
        sql.list("DELETE FROM push_subscriptions WHERE user_id = ? RETURNING id", row -> Sql.uuid(row, "id"), userId)
                .forEach(id -> deliveries.abandon(Channel.PUSH, id.toString(), "unsubscribed"));
    }

    /**
     * Sends a notice to all browsers of its member, but not to the one that it is about.
     *
     * @param about what the event's target is called
     */
    public void push(Notice notice, UUID eventId, String about) {
        Message message = new Message(
                eventId, notice.category().label(), notice.level().label(), notice.title(), cut(notice.body()));
        byte[] content = JSON.toJson(message).getBytes(StandardCharsets.UTF_8);
        sql.list(
                        "SELECT id, service FROM push_subscriptions WHERE user_id = ? AND id::text <> ?",
                        row -> new Target(Sql.uuid(row, "id"), row.getString("service")),
                        notice.userId(),
                        about)
                .forEach(target -> deliveries.add(
                        new DeliveryRows.New(
                                Channel.PUSH,
                                "push " + target.service(),
                                target.id().toString(),
                                eventId,
                                notice.action(),
                                notice.userId(),
                                null),
                        content,
                        Delivery.State.WAITING));
    }

    /** Where and for whom; empty when it was removed meanwhile. */
    public Optional<Keys> keys(UUID id) {
        return sql.first("SELECT sealed FROM push_subscriptions WHERE id = ?", row -> row.getBytes(1), id)
                .map(kept -> new String(secrets.open(kept, purpose(id)), StandardCharsets.UTF_8))
                .map(json -> JSON.fromJson(json, Keys.class));
    }

    /** How soon a message shall reach a browser that saves its battery (RFC 8030, section 5.3). */
    static String urgency(byte[] content) {
        String json = new String(content, StandardCharsets.UTF_8);
        return Notice.Level.INFO
                        .label()
                        .equals(JSON.fromJson(json, Message.class).level())
                ? "normal"
                : "high";
    }

    public void lock(UUID id) {
        sql.first("SELECT 1 FROM push_subscriptions WHERE id = ? FOR UPDATE", row -> true, id);
    }

    /** The push service says that the browser is gone. */
    public void forget(UUID id) {
        sql.update("DELETE FROM push_subscriptions WHERE id = ?", id);
    }

    private static byte[] bytes(String field, String text) {
        if (text == null || text.length() > MAX_KEY) {
            throw invalid(field);
        }
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw invalid(field);
        }
    }

    private static String cut(String text) {
        return text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text;
    }

    private static VpnException invalid(String field) {
        return VpnException.ofField(NotificationsError.INVALID_PUSH_SUBSCRIPTION, field, null);
    }

    private static String purpose(UUID id) {
        return "push_subscriptions/" + id;
    }
}
