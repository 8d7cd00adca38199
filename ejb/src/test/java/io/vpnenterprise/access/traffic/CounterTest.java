package io.vpnenterprise.access.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Totals against a model of a host: a peer that moves bytes, is removed and put again, on a device that is restarted, read by
 * samplers that come and go, whose samples are lost, repeated and late. {@code -Dcounter.seed=S} repeats a run.
 */
class CounterTest {

    private static final int RUNS = 2_000;
    private static final int STEPS = 200;

    @Test
    void addsUpToWhatWasSampledAndNeverMore() {
        long seed = Long.getLong("counter.seed", System.nanoTime());
        System.out.println("CounterTest: -Dcounter.seed=" + seed);
        Random seeds = new Random(seed);
        for (int run = 0; run < RUNS; run++) {
            Host host = new Host(new Random(seeds.nextLong()));
            for (int step = 0; step < STEPS; step++) {
                long before = host.total;
                host.step();
                assertThat(host.total).as("is monotonic, seed " + seed).isGreaterThanOrEqualTo(before);
                assertThat(host.total).as("counts nothing twice, seed " + seed).isLessThanOrEqualTo(host.moved);
            }
            host.deliver();
            assertThat(host.total)
                    .as("loses only what no sample showed, seed " + seed)
                    .isEqualTo(host.moved - host.lost - host.unseen);
        }
    }

    /** @param order epoch and sequence in one */
    private record Sample(int order, Counter counter) {}

    private static final class Host {

        private final Random random;
        private final List<Sample> delivered = new ArrayList<>();
        private Optional<Sample> taken = Optional.empty();
        private int order;

        private String device = "device";
        private boolean present = true;
        private long bytes;

        private UUID sampler = UUID.randomUUID();
        /** What the sampler remembers of its last read; null before the first, and of a peer that was not there. */
        private Counter lastRead;

        private boolean hasRead;
        private boolean wasRemoved;
        private long lives;

        /** All that the peer moved, what no sample has shown yet, and what none ever can. */
        private long moved;

        private long unseen;
        private long lost;
        private long total;

        private Host(Random random) {
            this.random = random;
        }

        private void step() {
            switch (random.nextInt(12)) {
                case 0 -> restartDevice();
                case 1 -> remove();
                case 2 -> present = true;
                case 3 -> changeSampler();
                case 4 -> deliverAgain();
                case 5, 6, 7 -> deliver();
                default -> move(random.nextInt(1_000));
            }
        }

        private void move(long more) {
            if (present) {
                bytes += more;
                moved += more;
                unseen += more;
            }
        }

        private void restartDevice() {
            device = device + "'";
            loseCounters();
        }

        private void remove() {
            if (present) {
                present = false;
                wasRemoved = true;
                loseCounters();
            }
        }

        private void loseCounters() {
            lost += unseen;
            unseen = 0;
            bytes = 0;
        }

        /** Another application node, or the same after a restart. What nobody sees, a peer that comes back, is left out. */
        private void changeSampler() {
            if (!wasRemoved) {
                sampler = UUID.randomUUID();
                hasRead = false;
                lives = 0;
                read();
            }
        }

        private Sample read() {
            boolean goesOn = lastRead != null
                    && !wasRemoved
                    && lastRead.incarnation().equals(device)
                    && bytes >= lastRead.received();
            long life = !hasRead ? 0 : goesOn ? lastRead.life() : ++lives;
            hasRead = true;
            wasRemoved = false;
            lastRead = new Counter(device, sampler, life, bytes, bytes / 2);
            return new Sample(++order, lastRead);
        }

        private void deliver() {
            if (present) {
                Sample sample = read();
                delivered.add(sample);
                take(sample);
                unseen = 0;
            }
        }

        /** Repeated, or late. */
        private void deliverAgain() {
            if (!delivered.isEmpty()) {
                take(delivered.get(random.nextInt(delivered.size())));
            }
        }

        /** As {@link SampleRows} does: only what is newer. */
        private void take(Sample sample) {
            if (taken.isEmpty() || sample.order() > taken.get().order()) {
                total += sample.counter().since(taken.map(Sample::counter)).received();
                taken = Optional.of(sample);
            }
        }
    }
}
