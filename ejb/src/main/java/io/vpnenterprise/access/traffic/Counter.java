package io.vpnenterprise.access.traffic;

import java.util.Optional;
import java.util.UUID;

/**
 * A peer's counters as a sampler found them, and the rule that makes totals of them.
 *
 * @param incarnation of the device
 * @param sampler who numbered the lives
 * @param life the same number of the same sampler: the same zero; 0: a zero before that sampler
 * @param received bytes from the peer
 * @param sent bytes to the peer
 */
record Counter(String incarnation, UUID sampler, long life, long received, long sent) {

    /** Bytes that came since. */
    record Growth(long received, long sent) {

        boolean isNone() {
            return received == 0 && sent == 0;
        }
    }

    /**
     * What to add to the totals after {@code before}, which was taken earlier. A counter that began anew counts from zero:
     * what it had when it ended, beyond the last sample, is lost; nothing is ever counted twice.
     */
    Growth since(Optional<Counter> before) {
        return before.filter(this::continues)
                .map(last -> new Growth(received - last.received, sent - last.sent))
                .orElse(new Growth(received, sent));
    }

    private boolean continues(Counter last) {
        boolean sameZero = sampler.equals(last.sampler) ? life == last.life : life == 0;
        return sameZero && incarnation.equals(last.incarnation) && received >= last.received && sent >= last.sent;
    }
}
