package io.vpnenterprise.audit.web;

import io.vpnenterprise.audit.AuditEntry;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbException;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * An entry as the API shows it.
 *
 * @param details a few short values
 * @param previous the hash of the entry before; only admins see hashes
 */
public record EntryView(
        long sequence,
        OffsetDateTime at,
        Actor actor,
        String action,
        String severity,
        Target target,
        UUID subjectId,
        UUID organisationId,
        Source origin,
        Map<String, String> details,
        String previous,
        String hash) {

    /** Thread-safe, by its contract. */
    private static final Jsonb JSON = JsonbBuilder.create();

    /** Stands for an account that is not the member's own: he learns that it was one, not whose. */
    private static final Actor ANOTHER = new Actor(null, "another account", null);

    /**
     * Who did it.
     *
     * @param id absent for the platform itself and for people nobody knows
     * @param name an e-mail address, {@code system}, or {@code unknown}
     * @param method how he had proved himself
     */
    public record Actor(UUID id, String name, String method) {}

    /** What it was done to. */
    public record Target(String kind, String id, String name) {}

    /** Where the request came from. */
    public record Source(String address, String userAgent, String requestId) {}

    /** Whole, for admins. */
    static EntryView forAdmin(AuditEntry entry) {
        return view(entry, actor(entry), source(entry), entry.previous(), entry.hash());
    }

    /**
     * For a member whom the entry is about. Where another account acted, neither its name nor where it was is his to see;
     * where nobody knows who it was, that is what he must see.
     */
    public static EntryView forMember(AuditEntry entry, UUID memberId) {
        boolean another = entry.actorId() != null && !entry.actorId().equals(memberId);
        return view(entry, another ? ANOTHER : actor(entry), another ? null : source(entry), null, null);
    }

    private static EntryView view(AuditEntry entry, Actor actor, Source origin, String previous, String hash) {
        return new EntryView(
                entry.sequence(),
                entry.at(),
                actor,
                entry.action(),
                entry.severity(),
                entry.targetKind().isEmpty()
                        ? null
                        : new Target(entry.targetKind(), entry.targetId(), entry.targetName()),
                entry.subjectId(),
                entry.organisationId(),
                origin,
                details(entry.details()),
                previous,
                hash);
    }

    private static Actor actor(AuditEntry entry) {
        return new Actor(
                entry.actorId(), entry.actorName(), entry.actorMethod().isEmpty() ? null : entry.actorMethod());
    }

    private static Source source(AuditEntry entry) {
        return entry.requestId().isEmpty() ? null : new Source(entry.address(), entry.userAgent(), entry.requestId());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> details(String json) {
        try {
            return (Map<String, String>) JSON.fromJson(json, TreeMap.class);
        } catch (JsonbException e) {
            // Somebody altered it: the verification says so, and the list must still show it.
            return Map.of("unreadable", json);
        }
    }
}
