package io.vpnenterprise.audit;

import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Reads the whole log in order and says whether it is whole, or which entry is the first that somebody touched. */
@ApplicationScoped
public class AuditVerification {

    private static final Logger LOG = Logger.getLogger(AuditVerification.class.getName());

    /** Entries in memory at a time, about 1 KiB each. */
    private static final int WINDOW = 2_000;

    /** What is wrong with the first entry that is. */
    public enum Damage {
        /** Its columns and its hash do not belong together, or it does not follow the one before. */
        CHANGED,
        /** The number is not there; at the end: the log was cut. */
        MISSING,
        /** The platform never wrote it. */
        INSERTED,
        /** The head is not the platform's, or not of this log; or it was so when this entry was appended. */
        HEAD_ALTERED,
        /** The anchor noted outside is of another log: the database was set back or exchanged. */
        ANCHOR_DIFFERS
    }

    /** The first touched entry. */
    public record Touched(long sequence, Damage damage) {}

    /**
     * What was found.
     *
     * @param touched empty when the log is whole
     * @param entries how many were read
     */
    public record Verdict(Optional<Touched> touched, long entries, AuditHead head, double seconds) {}

    @Inject
    AuditRows rows;

    @Inject
    Sql sql;

    /** One at a time: it reads everything. */
    private final Semaphore turn = new Semaphore(1);

    /**
     * @param anchor a head that was noted outside; compared too, if there is one
     * @throws VpnException {@code TOO_BUSY} while another one is under way on this application node
     */
    public Verdict verify(Optional<AuditHead> anchor) {
        if (!turn.tryAcquire()) {
            throw new VpnException(PlatformError.TOO_BUSY, "a verification is under way");
        }
        try {
            long began = System.nanoTime();
            Reading reading = new Reading(rows.head(), anchor);
            Optional<Touched> touched = reading.firstTouched();
            double seconds = (System.nanoTime() - began) / 1e9;
            touched.ifPresent(first -> LOG.log(Level.SEVERE, "the audit is not whole: entry {0}: {1}", new Object[] {
                String.valueOf(first.sequence()), first.damage()
            }));
            return new Verdict(touched, reading.entries, reading.found.head(), seconds);
        } finally {
            turn.release();
        }
    }

    /** One way through the log. */
    private final class Reading {

        private final AuditRows.Found found;
        private final Optional<AuditHead> anchor;
        private final AuditChain chain = rows.chain();
        private AuditHead before = AuditHead.BEFORE_THE_FIRST;
        private long entries;

        Reading(AuditRows.Found found, Optional<AuditHead> anchor) {
            this.found = found;
            this.anchor = anchor;
        }

        Optional<Touched> firstTouched() {
            // Entries never change, so what is appended meanwhile is no concern of this reading.
            long end = Math.max(found.head().sequence(), found.last());
            for (long from = 1; from <= end; from += WINDOW) {
                long to = Math.min(from + WINDOW - 1, end);
                Optional<Touched> touched = inWindow(from == 1 ? Long.MIN_VALUE : from, to);
                if (touched.isPresent()) {
                    return touched;
                }
            }
            return atEnd();
        }

        private Optional<Touched> inWindow(long from, long to) {
            // One more than there can be tells that there are too many.
            List<AuditEntry> window = sql.list(
                    "SELECT " + AuditEntry.COLUMNS
                            + " FROM audit_entries WHERE sequence BETWEEN ? AND ? ORDER BY sequence LIMIT ?",
                    AuditEntry::from,
                    from,
                    to,
                    WINDOW + 1);
            for (AuditEntry entry : window) {
                entries++;
                Optional<Touched> touched = touched(entry);
                if (touched.isPresent()) {
                    return touched;
                }
                before = AuditHead.at(entry);
            }
            return before.sequence() < to ? at(before.sequence() + 1, Damage.MISSING) : Optional.empty();
        }

        private Optional<Touched> touched(AuditEntry entry) {
            long expected = before.sequence() + 1;
            if (entry.sequence() < expected) {
                return at(entry.sequence(), Damage.INSERTED);
            }
            if (entry.sequence() > expected) {
                return at(expected, Damage.MISSING);
            }
            boolean ours = entry.previous().equals(before.hash())
                    && MessageDigest.isEqual(
                            chain.hash(entry).getBytes(), entry.hash().getBytes());
            if (!ours) {
                boolean behindTheEnd =
                        found.genuine() && expected > found.head().sequence();
                return at(expected, behindTheEnd ? Damage.INSERTED : Damage.CHANGED);
            }
            if (AuditAppender.isEvidence(entry)) {
                return at(expected, Damage.HEAD_ALTERED);
            }
            boolean otherThanNoted = anchor.filter(noted -> noted.sequence() == entry.sequence())
                    .filter(noted -> !noted.hash().equals(entry.hash()))
                    .isPresent();
            return otherThanNoted ? at(expected, Damage.ANCHOR_DIFFERS) : Optional.empty();
        }

        private Optional<Touched> atEnd() {
            if (!found.genuine() || !before.equals(found.head())) {
                return at(before.sequence(), Damage.HEAD_ALTERED);
            }
            return anchor.filter(noted -> noted.sequence() > before.sequence())
                    .flatMap(noted -> at(before.sequence() + 1, Damage.ANCHOR_DIFFERS));
        }

        private static Optional<Touched> at(long sequence, Damage damage) {
            return Optional.of(new Touched(sequence, damage));
        }
    }
}
