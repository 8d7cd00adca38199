package io.vpnenterprise.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.audit.AuditVerification.Damage;
import io.vpnenterprise.audit.AuditVerification.Question;
import io.vpnenterprise.audit.AuditVerification.Touched;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.VpnException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How a log is read; what is done to its rows in the database is in {@code AuditIT}. */
class AuditVerificationTest {

    private static final Question ALL = Question.of(Optional.empty(), Optional.empty());

    private final LogInMemory log = new LogInMemory();
    private final AuditVerification verification = new AuditVerification();

    AuditVerificationTest() {
        verification.rows = log;
    }

    @Test
    void readsTheWholeLog() {
        log.append(5_000);

        AuditVerification.Verdict verdict = verification.verify(ALL);

        assertThat(verdict.touched()).isEmpty();
        assertThat(verdict.entries()).isEqualTo(5_000);
    }

    @Test
    void keepsNobodyWaitingForALogThatIsTooLong() {
        log.append(AuditVerification.MOST_AT_ONCE + 2_000);

        assertThatThrownBy(() -> verification.verify(ALL))
                .isInstanceOfSatisfying(
                        VpnException.class, e -> assertThat(e.code()).isEqualTo(AuditError.AUDIT_TOO_LONG));
        assertThat(verification.read(ALL, entries -> {}).touched()).isEmpty();
        assertThat(verification.verify(from(3_000)).touched()).isEmpty();
    }

    @Test
    void tellsHowFarItIs() {
        log.append(5_000);
        List<Long> told = new ArrayList<>();

        verification.read(ALL, told::add);

        assertThat(told).containsExactly(2_000L, 4_000L, 5_000L);
    }

    @Test
    void beginsBehindWhatIsAcknowledged() {
        log.append(100);
        log.evidence();
        log.append(100);

        assertThat(verification.verify(ALL).touched()).contains(new Touched(101, Damage.HEAD_ALTERED));
        assertThat(verification.verify(from(101)).touched()).isEmpty();
        assertThat(verification.verify(from(101)).entries()).isEqualTo(100);
        assertThat(verification.verify(from(201)).touched()).isEmpty();
    }

    @Test
    void acknowledgesNothingOfAnotherLog() {
        log.append(10);

        Question other = Question.of(Optional.of(new AuditHead(5, "0".repeat(64))), Optional.empty());
        assertThat(verification.verify(other).touched()).contains(new Touched(5, Damage.ANCHOR_DIFFERS));
        Question longer = Question.of(Optional.of(new AuditHead(11, "0".repeat(64))), Optional.empty());
        assertThat(verification.verify(longer).touched()).contains(new Touched(11, Damage.ANCHOR_DIFFERS));
    }

    @Test
    void comparesAnAnchorThatLiesBehindTheBeginning() {
        log.append(10);
        Optional<AuditHead> begin = Optional.of(from(8).from());

        Question same = Question.of(begin, Optional.of(from(5).from()));
        assertThat(verification.verify(same).touched()).isEmpty();
        Question other = Question.of(begin, Optional.of(new AuditHead(5, "0".repeat(64))));
        assertThat(verification.verify(other).touched()).contains(new Touched(5, Damage.ANCHOR_DIFFERS));
    }

    private Question from(int sequence) {
        return Question.of(Optional.of(AuditHead.at(log.entries.get(sequence - 1))), Optional.empty());
    }

    /** A log whose database is a list. */
    private static final class LogInMemory extends AuditRows {

        private final List<AuditEntry> entries = new ArrayList<>();

        LogInMemory() {
            secrets = new Secrets() {
                @Override
                public byte[] derivedKey(String purpose) {
                    return new byte[32];
                }
            };
        }

        void append(int many) {
            for (int i = 0; i < many; i++) {
                add("test.done", entries.size() + 1);
            }
        }

        void evidence() {
            add("audit.head-altered", -entries.size() - 1);
        }

        private void add(String action, long outboxId) {
            OffsetDateTime at = OffsetDateTime.of(2026, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC);
            AuditHead before = head().head();
            AuditEntry entry = new AuditEntry(
                    before.sequence() + 1,
                    outboxId,
                    at,
                    null,
                    "system",
                    "",
                    action,
                    "INFO",
                    "",
                    "",
                    "",
                    null,
                    null,
                    "",
                    "",
                    "",
                    "{}",
                    before.hash(),
                    "");
            entries.add(entry.hashed(chain().hash(entry)));
        }

        @Override
        Found head() {
            AuditHead head =
                    entries.isEmpty() ? AuditHead.BEFORE_THE_FIRST : AuditHead.at(entries.get(entries.size() - 1));
            return new Found(head, true, head.sequence());
        }

        @Override
        Optional<AuditEntry> find(long sequence) {
            return between(sequence, sequence, 1).stream().findFirst();
        }

        @Override
        List<AuditEntry> between(long first, long last, int most) {
            long from = Math.max(first, 1);
            long to = Math.min(last, entries.size());
            return from > to ? List.of() : List.copyOf(entries.subList((int) from - 1, (int) to));
        }
    }
}
