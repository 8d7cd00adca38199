package io.vpnenterprise.audit;

import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.LongConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Reads the log in order and says whether it is whole, or which entry is the first that somebody touched. */
@ApplicationScoped
public class AuditVerification {

    private static final Logger LOG = Logger.getLogger(AuditVerification.class.getName());

    /** Entries in memory at a time, about 1 KiB each. */
    private static final int WINDOW = 2_000;

    /** Of a verification that somebody waits for, a few seconds; a server ends a request after two minutes. */
    static final int MOST_AT_ONCE = 100_000;

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

    /** Where a reading begins, and what it compares. */
    public record Question(AuditHead from, Optional<AuditHead> anchor) {

        /**
         * @param from an acknowledged head, behind which it begins: what was touched before is known
         * @param anchor a head that was noted outside; compared too, if there is one
         */
        public static Question of(Optional<AuditHead> from, Optional<AuditHead> anchor) {
            return new Question(from.orElse(AuditHead.BEFORE_THE_FIRST), anchor);
        }
    }

    /**
     * What was found.
     *
     * @param touched empty when the log is whole
     * @param entries how many were read
     */
    public record Verdict(Optional<Touched> touched, long entries, AuditTrail.End end, double seconds) {}

    @Inject
    AuditRows rows;

    /** One at a time: it costs seconds of a core. */
    private final Semaphore turn = new Semaphore(1);

    /**
     * Reads the log while the caller waits.
     *
     * @throws VpnException {@code AUDIT_TOO_LONG} for that; {@code TOO_BUSY} while another one is under way on this
     *     application node
     */
    public Verdict verify(Question question) {
        if (!turn.tryAcquire()) {
            throw new VpnException(PlatformError.TOO_BUSY, "a verification is under way");
        }
        try {
            return read(question, entries -> {
                if (entries > MOST_AT_ONCE) {
                    throw new VpnException(AuditError.AUDIT_TOO_LONG);
                }
            });
        } finally {
            turn.release();
        }
    }

    /**
     * Reads the log, however long it takes.
     *
     * @param progress is told now and then how many entries were read
     */
    Verdict read(Question question, LongConsumer progress) {
        long began = System.nanoTime();
        Reading reading = new Reading(rows.head(), question, progress);
        Optional<Touched> touched = reading.firstTouched();
        double seconds = (System.nanoTime() - began) / 1e9;
        touched.ifPresent(first -> LOG.log(Level.SEVERE, "the audit is not whole: entry {0}: {1}", new Object[] {
            String.valueOf(first.sequence()), first.damage()
        }));
        return new Verdict(touched, reading.entries, AuditTrail.End.of(reading.found), seconds);
    }

    /** One way through the log. */
    private final class Reading {

        private final AuditRows.Found found;
        private final AuditHead from;
        private final Optional<AuditHead> anchor;
        private final LongConsumer progress;
        private final AuditChain chain = rows.chain();
        private AuditHead before;
        private long entries;

        Reading(AuditRows.Found found, Question question, LongConsumer progress) {
            this.found = found;
            this.from = question.from();
            this.anchor = question.anchor();
            this.progress = progress;
            this.before = from;
        }

        Optional<Touched> firstTouched() {
            // An anchor that is not on the way is compared here.
            for (AuditHead noted : List.of(from, anchor.orElse(from))) {
                if (noted.sequence() <= from.sequence() && !isOfThisLog(noted)) {
                    return at(noted.sequence(), Damage.ANCHOR_DIFFERS);
                }
            }
            // Entries never change, so what is appended meanwhile is no concern of this reading.
            long end = Math.max(found.head().sequence(), found.last());
            while (before.sequence() < end) {
                Optional<Touched> touched = inWindow(Math.min(before.sequence() + WINDOW, end));
                if (touched.isPresent()) {
                    return touched;
                }
                progress.accept(entries);
            }
            return atEnd();
        }

        private boolean isOfThisLog(AuditHead noted) {
            return noted.sequence() == 0
                    || rows.find(noted.sequence())
                            .filter(entry -> entry.hash().equals(noted.hash()))
                            .isPresent();
        }

        private Optional<Touched> inWindow(long to) {
            // Numbers below the first are somebody else's.
            long first = before.sequence() == 0 ? Long.MIN_VALUE : before.sequence() + 1;
            // One more than there can be tells that there are too many.
            for (AuditEntry entry : rows.between(first, to, WINDOW + 1)) {
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
            if (entry.isEvidence()) {
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
