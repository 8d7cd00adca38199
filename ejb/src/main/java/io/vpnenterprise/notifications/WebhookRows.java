package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Webhooks and what was sent to them. A member's are found by him alone; those of the platform by every admin, which the edge
 * sees to.
 */
@Stateless
public class WebhookRows {

    /** Where to call, and what signs: the newest secret first. */
    public record Target(URI url, List<String> secrets) {
        public Target {
            secrets = List.copyOf(secrets);
        }

        @Override
        public String toString() {
            return "Target[***]";
        }
    }

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    DeliveryRows deliveries;

    @Inject
    WebhookHearing hearing;

    @Inject
    NotificationsConfig config;

    @Inject
    Outbox outbox;

    public Webhook.WithSecret add(Caller caller, Webhook.Realm realm, Webhook.Spec spec) {
        String owner = owner(caller, realm);
        // Two requests must not both see the last free place.
        sql.lock("webhooks/" + owner);
        int there = sql.first(
                        "SELECT count(*) FROM webhooks WHERE user_id IS NOT DISTINCT FROM ?::uuid",
                        row -> row.getInt(1),
                        owner)
                .orElseThrow();
        if (there >= config.webhooksPerUser()) {
            throw new VpnException(NotificationsError.WEBHOOK_LIMIT_REACHED, "at most " + config.webhooksPerUser());
        }
        UUID id = UUID.randomUUID();
        String secret = WebhookSecret.random().text();
        sql.update(
                """
                INSERT INTO webhooks (id, user_id, created_by, url, description, events, sealed_secret, enabled, created_at)
                VALUES (?, ?::uuid, ?, ?, ?, ?, ?, ?, now())""",
                id,
                owner,
                caller.userId(),
                spec.url(),
                spec.description(),
                spec.events(),
                sealed(id, secret),
                spec.enabled());
        String action = realm == Webhook.Realm.OWN ? "webhook.created" : "platform-webhook.created";
        outbox.add(event(caller, action, id, spec.url())
                .of(AuditEvent.Severity.WARNING)
                .with("events", String.join(" ", spec.events())));
        return new Webhook.WithSecret(require(caller, realm, id), secret);
    }

    public Webhook change(Caller caller, Webhook.Realm realm, UUID id, Webhook.Spec spec) {
        requireChanged(
                id,
                sql.update(
                        """
                        UPDATE webhooks SET url = ?, description = ?, events = ?, enabled = ?,
                            failing_since = NULL, owner_told = false
                        WHERE id = ? AND user_id IS NOT DISTINCT FROM ?::uuid""", spec.url(), spec.description(), spec.events(), spec.enabled(), id, owner(caller, realm)));
        if (!spec.enabled()) {
            deliveries.abandon(Channel.WEBHOOK, id.toString(), "disabled");
        }
        String action = realm == Webhook.Realm.OWN ? "webhook.changed" : "platform-webhook.changed";
        outbox.add(event(caller, action, id, spec.url())
                .of(AuditEvent.Severity.WARNING)
                .with("enabled", spec.enabled()));
        return require(caller, realm, id);
    }

    public void remove(Caller caller, Webhook.Realm realm, UUID id) {
        Webhook webhook = require(caller, realm, id);
        sql.update("DELETE FROM webhooks WHERE id = ?", id);
        sql.update("DELETE FROM deliveries WHERE channel = 'WEBHOOK' AND destination = ?", id.toString());
        outbox.add(event(caller, "webhook.deleted", id, webhook.url()));
    }

    /** Makes a new secret; the old one signs beside it for a day. One that signed beside the old one ends at once. */
    public Webhook.WithSecret rotateSecret(Caller caller, Webhook.Realm realm, UUID id) {
        String secret = WebhookSecret.random().text();
        requireChanged(id, sql.update("""
                        UPDATE webhooks SET sealed_old_secret = sealed_secret, sealed_secret = ?,
                            old_secret_until = now() + interval '1 day'
                        WHERE id = ? AND user_id IS NOT DISTINCT FROM ?::uuid""", sealed(id, secret), id, owner(caller, realm)));
        Webhook webhook = require(caller, realm, id);
        outbox.add(event(caller, "webhook.secret-rotated", id, webhook.url()));
        return new Webhook.WithSecret(webhook, secret);
    }

    public Webhook require(Caller caller, Webhook.Realm realm, UUID id) {
        return sql.first(
                        "SELECT * FROM webhooks WHERE id = ? AND user_id IS NOT DISTINCT FROM ?::uuid",
                        WebhookRows::read,
                        id,
                        owner(caller, realm))
                .orElseThrow(() -> notFound(id));
    }

    private Webhook requireEnabled(Caller caller, Webhook.Realm realm, UUID id) {
        Webhook webhook = require(caller, realm, id);
        if (!webhook.enabled()) {
            throw new VpnException(NotificationsError.WEBHOOK_DISABLED, String.valueOf(id));
        }
        return webhook;
    }

    public Page<Webhook> page(Caller caller, Webhook.Realm realm, Page.Request request) {
        String owner = owner(caller, realm);
        long total = sql.first(
                        "SELECT count(*) FROM webhooks WHERE user_id IS NOT DISTINCT FROM ?::uuid",
                        row -> row.getLong(1),
                        owner)
                .orElseThrow();
        List<Webhook> items = sql.list("""
                SELECT * FROM webhooks WHERE user_id IS NOT DISTINCT FROM ?::uuid
                ORDER BY created_at DESC, id LIMIT ? OFFSET ?""", WebhookRows::read, owner, request.pageSize(), request.offset());
        return Page.of(items, total, request);
    }

    /** Lets the webhook be called with an event of the type {@code webhook.test}; returns the event's id. */
    public UUID test(Caller caller, Webhook.Realm realm, UUID id) {
        Webhook webhook = requireEnabled(caller, realm, id);
        UUID eventId = UUID.randomUUID();
        OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
        hearing.deliver(
                id, Optional.ofNullable(owner(caller, realm)).map(UUID::fromString), WebhookMessage.test(eventId, now));
        outbox.add(event(caller, "webhook.tested", id, webhook.url()));
        return eventId;
    }

    /** Newest first. */
    public Page<Delivery> deliveries(
            Caller caller, Webhook.Realm realm, UUID id, Optional<Delivery.State> state, Page.Request request) {
        require(caller, realm, id);
        return deliveries.page(Channel.WEBHOOK, Optional.of(id.toString()), state, request);
    }

    /** Calls again for a delivery that is over, with the same event's id and body. */
    public void replay(Caller caller, Webhook.Realm realm, UUID id, UUID deliveryId) {
        Webhook webhook = requireEnabled(caller, realm, id);
        deliveries.replay(Channel.WEBHOOK, id.toString(), deliveryId);
        outbox.add(event(caller, "webhook.delivery-replayed", id, webhook.url()).with("delivery", deliveryId));
    }

    /** Where a delivery goes; empty when it is disabled or gone. */
    public Optional<Target> target(UUID id) {
        return sql.first(
                "SELECT *, old_secret_until > now() AS old_works FROM webhooks WHERE id = ? AND enabled",
                row -> {
                    List<String> both = new ArrayList<>();
                    both.add(opened(id, row.getBytes("sealed_secret")));
                    if (row.getBoolean("old_works")) {
                        both.add(opened(id, row.getBytes("sealed_old_secret")));
                    }
                    return new Target(URI.create(row.getString("url")), both);
                },
                id);
    }

    private static Webhook read(ResultSet row) throws SQLException {
        return new Webhook(
                Sql.uuid(row, "id"),
                row.getString("url"),
                row.getString("description"),
                List.of((String[]) row.getArray("events").getArray()),
                row.getBoolean("enabled"),
                Sql.time(row, "failing_since"),
                Sql.time(row, "last_success_at"),
                Sql.time(row, "created_at").orElseThrow());
    }

    /** Whose it must be: nobody's for the platform's. */
    private static String owner(Caller caller, Webhook.Realm realm) {
        return realm == Webhook.Realm.OWN ? caller.userId().toString() : null;
    }

    /** The name of the host alone: paths and queries of such URLs often are secrets. */
    private static AuditEvent event(Caller caller, String action, UUID id, String url) {
        return AuditEvent.by(caller, action).on("webhook", id, URI.create(url).getHost());
    }

    private static void requireChanged(UUID id, int changed) {
        if (changed == 0) {
            throw notFound(id);
        }
    }

    private static VpnException notFound(UUID id) {
        return new VpnException(NotificationsError.WEBHOOK_NOT_FOUND, String.valueOf(id));
    }

    private byte[] sealed(UUID id, String secret) {
        return secrets.seal(secret.getBytes(StandardCharsets.UTF_8), "webhooks/" + id);
    }

    private String opened(UUID id, byte[] kept) {
        return new String(secrets.open(kept, "webhooks/" + id), StandardCharsets.UTF_8);
    }
}
