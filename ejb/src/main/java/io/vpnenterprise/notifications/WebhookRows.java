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
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
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
 * Webhooks and what they hear. A member's are found by him alone; those of the platform by every admin, which the edge
 * sees to.
 */
@Stateless
public class WebhookRows {

    private static final Jsonb JSON = JsonbBuilder.create();

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

    private record Hearing(UUID id, Optional<UUID> member) {}

    private record Failing(Optional<UUID> owner, URI url, OffsetDateTime since, boolean ownerTold) {}

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    DeliveryRows deliveries;

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
        outbox.add(event(caller, "webhook.created", id, spec.url()).with("events", String.join(" ", spec.events())));
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
        outbox.add(event(caller, "webhook.changed", id, spec.url()).with("enabled", spec.enabled()));
        return require(caller, realm, id);
    }

    public void remove(Caller caller, Webhook.Realm realm, UUID id) {
        Webhook webhook = require(caller, realm, id);
        sql.update("DELETE FROM webhooks WHERE id = ?", id);
        sql.update("DELETE FROM deliveries WHERE channel = 'WEBHOOK' AND destination = ?", id.toString());
        outbox.add(event(caller, "webhook.deleted", id, webhook.url()));
    }

    /** Makes a new secret; the old one signs beside it for a day. */
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
        Webhook webhook = require(caller, realm, id);
        UUID eventId = UUID.randomUUID();
        OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS);
        deliver(id, WebhookMessage.test(eventId, now));
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
        Webhook webhook = require(caller, realm, id);
        deliveries.replay(Channel.WEBHOOK, id.toString(), deliveryId);
        outbox.add(event(caller, "webhook.delivery-replayed", id, webhook.url()).with("delivery", deliveryId));
    }

    /** Makes the deliveries of an event, for all webhooks that hear it. */
    public void hear(AuditEvent event, String type, UUID eventId) {
        sql.list(
                        """
                        SELECT id, user_id FROM webhooks
                        WHERE enabled AND (user_id IS NULL OR user_id = ?::uuid OR user_id = ?::uuid)
                          AND (? = ANY (events) OR '*' = ANY (events))""",
                        row -> new Hearing(Sql.uuid(row, "id"), Optional.ofNullable(Sql.uuid(row, "user_id"))),
                        text(event.actor().id()),
                        text(event.subjectId()),
                        type)
                .forEach(webhook -> deliver(
                        webhook.id(),
                        webhook.member()
                                .map(member -> WebhookMessage.forMember(eventId, type, event, member))
                                .orElseGet(() -> WebhookMessage.forThePlatform(eventId, type, event))));
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

    public void succeeded(UUID id) {
        // Not a write for each call: once a minute is enough for who looks.
        sql.update("""
                UPDATE webhooks SET failing_since = NULL, owner_told = false, last_success_at = now()
                WHERE id = ? AND (failing_since IS NOT NULL OR last_success_at IS NULL
                    OR last_success_at < now() - interval '1 minute')""", id);
    }

    /**
     * Notes that a call failed; tells the owner of the first delivery that was given up, and disables a webhook that
     * failed for long.
     *
     * @param gone the receiver says that it wants no more
     */
    public void failed(UUID id, boolean gaveUp, boolean gone) {
        sql.first(
                        """
                        UPDATE webhooks SET failing_since = coalesce(failing_since, now()) WHERE id = ? AND enabled
                        RETURNING coalesce(user_id, created_by) AS owner, url, failing_since, owner_told""",
                        row -> new Failing(
                                Optional.ofNullable(Sql.uuid(row, "owner")),
                                URI.create(row.getString("url")),
                                Sql.time(row, "failing_since").orElseThrow(),
                                row.getBoolean("owner_told")),
                        id)
                .ifPresent(failing -> {
                    boolean forLong =
                            failing.since().isBefore(OffsetDateTime.now().minus(config.webhookDisableAfter()));
                    if (gone || forLong) {
                        sql.update("UPDATE webhooks SET enabled = false WHERE id = ?", id);
                        deliveries.abandon(Channel.WEBHOOK, id.toString(), "disabled");
                        tellOwner("webhook.disabled", id, failing);
                    } else if (gaveUp && !failing.ownerTold()) {
                        sql.update("UPDATE webhooks SET owner_told = true WHERE id = ?", id);
                        tellOwner("webhook.failing", id, failing);
                    }
                });
    }

    private void tellOwner(String action, UUID id, Failing failing) {
        AuditEvent event = AuditEvent.bySystem(action)
                .of(AuditEvent.Severity.WARNING)
                .on("webhook", id, failing.url().getHost());
        outbox.add(failing.owner().map(event::concerning).orElse(event));
    }

    private void deliver(UUID webhook, WebhookMessage message) {
        deliveries.add(
                new DeliveryRows.New(
                        Channel.WEBHOOK, "webhook " + webhook, webhook.toString(), message.id(), message.type(), null),
                JSON.toJson(message).getBytes(StandardCharsets.UTF_8),
                Delivery.State.WAITING);
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

    private static String text(UUID id) {
        return id == null ? null : id.toString();
    }
}
