package io.vpnenterprise.audit;

import io.vpnenterprise.platform.FirstStep;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The log's two tables, and the chain that goes through them. In the caller's transaction. */
@ApplicationScoped
class AuditRows implements FirstStep {

    /**
     * The head as the table has it.
     *
     * @param genuine whether its mac is ours
     * @param last the highest number in the log, whatever the head says
     */
    record Found(AuditHead head, boolean genuine, long last) {

        /** Nothing says that the log was touched at its end, though entries may be missing. */
        boolean sound() {
            return genuine && last <= head.sequence();
        }
    }

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    private volatile AuditChain chain;

    /** Before all that add events. */
    @Override
    public int order() {
        return 5;
    }

    /** Makes the head, on the very first start alone: where there were events, a log without a head was taken away. */
    @Override
    public void take() {
        AuditHead none = AuditHead.BEFORE_THE_FIRST;
        sql.update("""
                INSERT INTO audit_head (id, sequence, hash, mac) SELECT 1, ?, ?, ?
                WHERE NOT (SELECT is_called FROM outbox_id_seq) ON CONFLICT (id) DO NOTHING""", none.sequence(), HexFormat.of().parseHex(none.hash()), chain().mac(none));
    }

    AuditChain chain() {
        AuditChain made = chain;
        if (made == null) {
            // The master key is read before the first call, but after this bean may have been made.
            made = new AuditChain(secrets);
            chain = made;
        }
        return made;
    }

    /** The head, and how far the log goes, at one moment. */
    Found head() {
        return found("");
    }

    /** As {@link #head}; whoever else appends waits until the transaction is over. */
    Found lockedHead() {
        return found(" FOR UPDATE OF h");
    }

    private Found found(String lock) {
        return sql.first("""
                        SELECT h.sequence, h.hash, h.mac, coalesce((SELECT max(sequence) FROM audit_entries), 0) AS last
                        FROM audit_head h WHERE h.id = 1""" + lock, row -> {
                    AuditHead head = new AuditHead(
                            row.getLong("sequence"), HexFormat.of().formatHex(row.getBytes("hash")));
                    boolean genuine = MessageDigest.isEqual(chain().mac(head), row.getBytes("mac"));
                    return new Found(head, genuine, row.getLong("last"));
                })
                .orElseGet(() -> new Found(AuditHead.BEFORE_THE_FIRST, false, lastSequence()));
    }

    private long lastSequence() {
        return sql.first("SELECT coalesce(max(sequence), 0) FROM audit_entries", row -> row.getLong(1))
                .orElseThrow();
    }

    Optional<AuditEntry> find(long sequence) {
        return sql.first(
                "SELECT " + AuditEntry.COLUMNS + " FROM audit_entries WHERE sequence = ?", AuditEntry::from, sequence);
    }

    /** Entries in the order of their numbers. */
    List<AuditEntry> between(long first, long last, int most) {
        return sql.list(
                "SELECT " + AuditEntry.COLUMNS
                        + " FROM audit_entries WHERE sequence BETWEEN ? AND ? ORDER BY sequence LIMIT ?",
                AuditEntry::from,
                first,
                last,
                most);
    }

    /** Those of the outbox's events that have their entry. */
    Set<Long> heard(List<Long> outboxIds) {
        return new TreeSet<>(sql.list(
                "SELECT outbox_id FROM audit_entries WHERE outbox_id = ANY (?)", row -> row.getLong(1), outboxIds));
    }

    /** Adds entries that follow one another, and moves the head to the last. */
    void append(List<AuditEntry> entries) {
        sql.updateAll(
                "INSERT INTO audit_entries (" + AuditEntry.COLUMNS + ") VALUES (" + "?, ".repeat(18) + "?)",
                entries.stream().map(AuditRows::arguments).toList());
        AuditHead head = AuditHead.at(entries.get(entries.size() - 1));
        sql.update("""
                INSERT INTO audit_head (id, sequence, hash, mac) VALUES (1, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, mac = excluded.mac""", head.sequence(), HexFormat.of().parseHex(head.hash()), chain().mac(head));
    }

    private static List<Object> arguments(AuditEntry entry) {
        return Arrays.asList(
                entry.sequence(),
                entry.outboxId(),
                entry.at(),
                entry.actorId(),
                entry.actorName(),
                entry.actorMethod(),
                entry.action(),
                entry.severity(),
                entry.targetKind(),
                entry.targetId(),
                entry.targetName(),
                entry.subjectId(),
                entry.organisationId(),
                entry.address(),
                entry.userAgent(),
                entry.requestId(),
                entry.details(),
                HexFormat.of().parseHex(entry.previous()),
                HexFormat.of().parseHex(entry.hash()));
    }
}
