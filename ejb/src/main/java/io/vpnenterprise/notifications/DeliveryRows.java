package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.Metrics;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** The short transactions around deliveries; adding one belongs to the transaction of what happened. */
@Stateless
public class DeliveryRows {

    /** Lanes of one round. */
    private static final int MOST_LANES = 1_000;

    private static final int MOST_ANSWER = 2_000;

    /** All but what it carries. */
    static final String COLUMNS = "id, user_id, destination, event_id, type, state, attempts, created_at, due_at,"
            + " last_attempt_at, finished_at, last_status, last_answer";

    /** A lane with something due. */
    public record Lane(Channel channel, String name) {}

    /**
     * What to deliver.
     *
     * @param userId may be null
     * @param expiresAt when it is of no more use; may be null
     */
    public record New(
            Channel channel,
            String lane,
            String destination,
            UUID eventId,
            String type,
            UUID userId,
            OffsetDateTime expiresAt) {}

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    NotificationsConfig config;

    @Inject
    Couriers couriers;

    @Inject
    LaneRoom room;

    @Inject
    Metrics metrics;

    /** Adds one, unless it is there: then nothing happens. */
    public void add(New delivery, byte[] content, Delivery.State state) {
        Courier courier = couriers.of(delivery.channel());
        boolean taken = room.take(delivery.lane(), state, courier.mostWaiting());
        UUID id = UUID.randomUUID();
        sql.update(
                """
                INSERT INTO deliveries (id, channel, lane, destination, event_id, type, user_id, expires_at,
                    sealed, state, finished_at, last_answer)
                VALUES (?, ?, ?, ?, ?, ?, ?::uuid, ?, ?, ?, CASE WHEN ? THEN NULL ELSE now() END, ?)
                ON CONFLICT ON CONSTRAINT deliveries_once_key DO NOTHING""",
                id,
                delivery.channel(),
                delivery.lane(),
                delivery.destination(),
                delivery.eventId(),
                delivery.type(),
                delivery.userId() == null ? null : delivery.userId().toString(),
                delivery.expiresAt(),
                taken || courier.keepsContent() ? secrets.seal(content, purpose(id)) : null,
                taken ? state : Delivery.State.FAILED,
                taken,
                taken ? null : "too many were waiting");
        if (!taken) {
            metrics.countDelivery(delivery.channel().label(), "dropped");
        }
    }

    /** Lanes where something is due, in any order: none is always the last. Steps from lane to lane, not from row to row. */
    public List<Lane> dueLanes() {
        return sql.list("""
                WITH RECURSIVE lanes AS (
                  (SELECT channel, lane FROM deliveries WHERE state = 'WAITING' ORDER BY lane LIMIT 1)
                  UNION ALL
                  SELECT later.channel, later.lane FROM lanes, LATERAL
                    (SELECT channel, lane FROM deliveries WHERE state = 'WAITING' AND lane > lanes.lane
                     ORDER BY lane LIMIT 1) AS later)
                SELECT channel, lane FROM lanes
                WHERE EXISTS (SELECT 1 FROM deliveries
                              WHERE lane = lanes.lane AND state = 'WAITING' AND due_at <= now())
                ORDER BY random() LIMIT ?""", row -> new Lane(Channel.valueOf(row.getString(1)), row.getString(2)), MOST_LANES);
    }

    /** Takes the next one that is due on a lane; nobody else gets it until the lease runs out. */
    public Optional<Parcel> claim(String lane, Duration lease) {
        UUID claim = UUID.randomUUID();
        return sql.first(
                """
                UPDATE deliveries SET claim = ?, attempts = attempts + 1, last_attempt_at = now(),
                    due_at = now() + make_interval(secs => ?)
                WHERE id = (SELECT id FROM deliveries WHERE lane = ? AND state = 'WAITING' AND due_at <= now()
                            ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                RETURNING id, channel, lane, destination, event_id, type, sealed, attempts, queued_at,
                    coalesce(expires_at <= now(), false) AS over""",
                row -> {
                    UUID id = Sql.uuid(row, "id");
                    return new Parcel(
                            id,
                            claim,
                            Channel.valueOf(row.getString("channel")),
                            row.getString("lane"),
                            row.getString("destination"),
                            Sql.uuid(row, "event_id"),
                            row.getString("type"),
                            secrets.open(row.getBytes("sealed"), purpose(id)),
                            row.getInt("attempts"),
                            Sql.time(row, "queued_at").orElseThrow(),
                            row.getBoolean("over"));
                },
                claim,
                lease.toSeconds(),
                lane);
    }

    /** Notes how an attempt ended; nothing when the lease ran out and another has it. */
    public void end(Parcel parcel, Outcome outcome) {
        Courier courier = couriers.of(parcel.channel());
        Duration pause = Backoff.after(
                parcel.attempt(),
                config.retryFirst(),
                config.retryMost(),
                ThreadLocalRandom.current().nextDouble());
        Delivery.State state = stateAfter(parcel, outcome, OffsetDateTime.now().plus(pause), courier.giveUpAfter());
        boolean over = state != Delivery.State.WAITING;
        courier.ending(parcel);
        int changed = sql.update(
                """
                UPDATE deliveries SET state = ?, claim = NULL, last_status = nullif(?, 0), last_answer = ?,
                    due_at = now() + make_interval(secs => ?),
                    finished_at = CASE WHEN ? THEN now() END,
                    sealed = CASE WHEN ? THEN NULL ELSE sealed END
                WHERE id = ? AND claim = ?""",
                state,
                outcome.status(),
                storable(outcome.answer()),
                pause.toMillis() / 1_000.0,
                over,
                over && !courier.keepsContent(),
                parcel.id(),
                parcel.claim());
        if (changed == 1) {
            metrics.countDelivery(parcel.channel().label(), over ? state.label() : "retried");
            courier.ended(parcel, outcome, state);
        }
    }

    private static Delivery.State stateAfter(
            Parcel parcel, Outcome outcome, OffsetDateTime nextAttempt, Duration giveUpAfter) {
        if (outcome instanceof Outcome.Delivered) {
            return Delivery.State.DELIVERED;
        }
        boolean inTime = nextAttempt.isBefore(parcel.queuedAt().plus(giveUpAfter));
        return outcome instanceof Outcome.NotYet && inTime ? Delivery.State.WAITING : Delivery.State.FAILED;
    }

    /** PostgreSQL's text takes no zero; the rest is the other side's word, cut. */
    private static String storable(String answer) {
        String text = answer == null ? "" : answer.replace('\0', ' ');
        return text.length() > MOST_ANSWER ? text.substring(0, MOST_ANSWER) : text;
    }

    /** Lets one that is over begin again, with the same event's id. */
    public void replay(Channel channel, String destination, UUID id) {
        int changed = sql.update("""
                UPDATE deliveries SET state = 'WAITING', attempts = 0, queued_at = now(), due_at = now(), finished_at = NULL
                WHERE id = ? AND channel = ? AND destination = ? AND finished_at IS NOT NULL AND sealed IS NOT NULL""", id, channel, destination);
        if (changed == 0) {
            boolean exists = sql.first(
                            "SELECT 1 FROM deliveries WHERE id = ? AND channel = ? AND destination = ?",
                            row -> true,
                            id,
                            channel,
                            destination)
                    .isPresent();
            throw new VpnException(
                    exists ? NotificationsError.DELIVERY_UNDER_WAY : NotificationsError.DELIVERY_NOT_FOUND,
                    String.valueOf(id));
        }
    }

    /** Ends all that still waits for a destination. */
    public void abandon(Channel channel, String destination, String reason) {
        sql.update("""
                UPDATE deliveries SET state = 'FAILED', claim = NULL, finished_at = now(), last_answer = ?,
                    sealed = CASE WHEN ? THEN sealed END
                WHERE channel = ? AND destination = ? AND state = 'WAITING'""", reason, couriers.of(channel).keepsContent(), channel, destination);
    }

    /** Newest first. */
    public Page<Delivery> page(
            Channel channel, Optional<String> destination, Optional<Delivery.State> state, Page.Request request) {
        String filter = """
                FROM deliveries WHERE channel = ? AND (?::text IS NULL OR destination = ?) AND (?::text IS NULL OR state = ?)""";
        String to = destination.orElse(null);
        String in = state.map(Enum::name).orElse(null);
        long total = sql.first("SELECT count(*) " + filter, row -> row.getLong(1), channel, to, to, in, in)
                .orElseThrow();
        List<Delivery> items = sql.list(
                "SELECT " + COLUMNS + " " + filter + " ORDER BY created_at DESC, id LIMIT ? OFFSET ?",
                DeliveryRows::read,
                channel,
                to,
                to,
                in,
                in,
                request.pageSize(),
                request.offset());
        return Page.of(items, total, request);
    }

    /** What a delivery carries, as long as it is kept. */
    public Optional<byte[]> content(UUID id) {
        return sql.first("SELECT sealed FROM deliveries WHERE id = ?", row -> Optional.ofNullable(row.getBytes(1)), id)
                .flatMap(kept -> kept)
                .map(kept -> secrets.open(kept, purpose(id)));
    }

    static Delivery read(ResultSet row) throws SQLException {
        return new Delivery(
                Sql.uuid(row, "id"),
                row.getString("destination"),
                Sql.uuid(row, "event_id"),
                row.getString("type"),
                Delivery.State.valueOf(row.getString("state")),
                row.getInt("attempts"),
                Sql.time(row, "created_at").orElseThrow(),
                Sql.time(row, "due_at").orElseThrow(),
                Sql.time(row, "last_attempt_at"),
                Sql.time(row, "finished_at"),
                Optional.ofNullable(row.getObject("last_status", Integer.class)),
                Optional.ofNullable(row.getString("last_answer")));
    }

    private static String purpose(UUID id) {
        return "deliveries/" + id;
    }
}
