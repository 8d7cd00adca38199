package io.vpnenterprise.audit;

import io.vpnenterprise.platform.AuditEvent.Severity;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Which entries are wanted; what is empty does not matter.
 *
 * @param actor an account's id, or an actor's name: an e-mail address, {@code system}, {@code unknown}
 * @param target the target's id
 * @param atLeast this severity and above
 * @param address the client's, as the entry has it
 * @param text somewhere in names, action, address, request id or details, in any case
 */
public record AuditFilter(
        Optional<String> actor,
        Optional<String> action,
        Optional<String> target,
        Optional<Severity> severity,
        Optional<Severity> atLeast,
        Optional<UUID> organisation,
        Optional<OffsetDateTime> from,
        Optional<OffsetDateTime> to,
        Optional<String> requestId,
        Optional<String> address,
        Optional<String> text) {

    public static final AuditFilter ALL = atLeast(Severity.INFO);

    public static AuditFilter atLeast(Severity severity) {
        return new AuditFilter(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(severity),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The filter as SQL with its parameters. */
    record Condition(String sql, List<Object> arguments) {}

    Condition condition() {
        List<String> all = new ArrayList<>(List.of("true"));
        List<Object> arguments = new ArrayList<>();
        actor.ifPresent(who -> {
            Optional<UUID> id = uuid(who);
            all.add(id.isPresent() ? "actor_id = ?" : "actor_name = ?");
            arguments.add(id.isPresent() ? id.get() : who);
        });
        action.ifPresent(what -> {
            all.add("action = ?");
            arguments.add(what);
        });
        target.ifPresent(what -> {
            all.add("target_id = ? AND target_id <> ''");
            arguments.add(what);
        });
        severity.ifPresent(exact -> {
            all.add("severity = ?" + severe(exact));
            arguments.add(exact);
        });
        atLeast.filter(least -> least != Severity.INFO).ifPresent(least -> {
            all.add(least == Severity.CRITICAL ? "severity = 'CRITICAL'" + severe(least) : "severity <> 'INFO'");
        });
        organisation.ifPresent(id -> {
            all.add("organisation_id = ?");
            arguments.add(id);
        });
        from.ifPresent(time -> {
            all.add("at >= ?");
            arguments.add(time);
            // Sequence and time go nearly in step: hardly any event waits for a day, for a host or in the outbox. So an
            // entry that is a day older also comes before, and its number bounds what has to be read.
            all.add("""
                    sequence > coalesce((SELECT sequence FROM audit_entries
                                         WHERE at <= ?::timestamptz - interval '1 day' ORDER BY at DESC LIMIT 1), 0)""");
            arguments.add(time);
        });
        to.ifPresent(time -> {
            all.add("at <= ?");
            arguments.add(time);
            all.add("""
                    sequence < coalesce((SELECT sequence FROM audit_entries
                                         WHERE at >= ?::timestamptz + interval '1 day' ORDER BY at LIMIT 1),
                                        9223372036854775807)""");
            arguments.add(time);
        });
        requestId.ifPresent(id -> {
            all.add("request_id = ? AND request_id <> ''");
            arguments.add(id);
        });
        address.ifPresent(client -> {
            all.add("address = ? AND address <> ''");
            arguments.add(client);
        });
        text.ifPresent(words -> {
            all.add("""
                    concat_ws(' ', actor_name, action, target_name, target_id, address, request_id, details)
                        ILIKE ? ESCAPE '\\'""");
            arguments.add("%" + words.replaceAll("([\\\\%_])", "\\\\$1") + "%");
        });
        return new Condition(String.join(" AND ", all), arguments);
    }

    /** What the index of severe entries is made for. */
    private static String severe(Severity severity) {
        return severity == Severity.INFO ? "" : " AND severity <> 'INFO'";
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
