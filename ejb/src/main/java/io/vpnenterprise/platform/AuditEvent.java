package io.vpnenterprise.platform;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Something that somebody did, or tried: added to the {@link Outbox} in the transaction that made it true. Audit, webhooks
 * and notifications are made of it, so it is the one vocabulary of what happens on the platform.
 *
 * <p>Built step by step, each step a copy: {@code AuditEvent.by(caller, "device.added").on("device", id, name)}. Nothing
 * secret goes into it.
 *
 * @param at in UTC, to the microsecond
 * @param action a noun and a verb in the past tense: {@code user.created}, {@code vpn.connected}
 * @param subjectId the member whom it concerns, and who may see it beside the actor; may be null
 * @param organisationId where it happened; null outside organisations
 * @param details a few short values
 */
public record AuditEvent(
        OffsetDateTime at,
        Actor actor,
        String action,
        Severity severity,
        Target target,
        UUID subjectId,
        UUID organisationId,
        Origin origin,
        Map<String, String> details) {

    /** How much it matters, in the original's words: operators filter by it, members are alerted by it. */
    public enum Severity {
        INFO,
        WARNING,
        CRITICAL
    }

    /**
     * Who did it.
     *
     * @param id the account; null for the platform itself and for people nobody knows
     * @param name an e-mail address, {@code system}, or {@code unknown}
     * @param method how the actor proved himself; empty when he did not
     */
    public record Actor(UUID id, String name, String method) {}

    /**
     * What it was done to.
     *
     * @param kind {@code user}, {@code device}, {@code server}, …; empty when there is no target
     * @param name for people to read; may be empty
     */
    public record Target(String kind, String id, String name) {}

    public AuditEvent {
        details = Map.copyOf(details);
    }

    /** What a known caller did. */
    public static AuditEvent by(Caller caller, String action) {
        return of(new Actor(caller.userId(), caller.email(), caller.credential().method()), action, caller.origin());
    }

    /** What an account did without a session or key, such as signing in. */
    public static AuditEvent byUser(UUID userId, String email, String action, Origin origin) {
        return of(new Actor(userId, email, ""), action, origin);
    }

    /** What the platform did by itself. */
    public static AuditEvent bySystem(String action) {
        return of(new Actor(null, "system", ""), action, Origin.NONE);
    }

    /** What somebody did whom we do not know. */
    public static AuditEvent byUnknown(String action, Origin origin) {
        return of(new Actor(null, "unknown", ""), action, origin);
    }

    public AuditEvent on(String kind, Object id, String name) {
        Target on = new Target(kind, String.valueOf(id), name);
        return new AuditEvent(at, actor, action, severity, on, subjectId, organisationId, origin, details);
    }

    /** Whom it concerns, when that is not the actor. */
    public AuditEvent concerning(UUID userId) {
        return new AuditEvent(at, actor, action, severity, target, userId, organisationId, origin, details);
    }

    public AuditEvent in(UUID organisation) {
        return new AuditEvent(at, actor, action, severity, target, subjectId, organisation, origin, details);
    }

    public AuditEvent of(Severity different) {
        return new AuditEvent(at, actor, action, different, target, subjectId, organisationId, origin, details);
    }

    public AuditEvent with(String name, Object value) {
        Map<String, String> more = new TreeMap<>(details);
        more.put(name, String.valueOf(value));
        return new AuditEvent(at, actor, action, severity, target, subjectId, organisationId, origin, more);
    }

    private static AuditEvent of(Actor actor, String action, Origin origin) {
        return new AuditEvent(
                OffsetDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MICROS),
                actor,
                action,
                Severity.INFO,
                new Target("", "", ""),
                actor.id(),
                null,
                origin,
                Map.of());
    }
}
