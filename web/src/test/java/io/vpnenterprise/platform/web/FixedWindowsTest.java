package io.vpnenterprise.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.platform.Rate;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FixedWindowsTest {

    private static final long SECOND = 1_000_000_000;

    /** Near the end of the range: nanoTime may overflow. */
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - SECOND);

    private final FixedWindows windows = new FixedWindows(new Rate(3, Duration.ofSeconds(10)), now::get);

    @Test
    void admitsTheNumberAndThenNoneUntilTheWindowEnds() {
        assertThat(windows.count("a").remaining()).isEqualTo(2);
        now.addAndGet(2 * SECOND + 1);
        windows.count("a");
        assertThat(windows.count("a"))
                .returns(true, FixedWindows.Count::admitted)
                .returns(0, FixedWindows.Count::remaining)
                .returns(8L, FixedWindows.Count::resetSeconds);
        assertThat(windows.count("a"))
                .returns(false, FixedWindows.Count::admitted)
                .returns(0, FixedWindows.Count::remaining);
        assertThat(windows.count("b").admitted()).isTrue();

        now.addAndGet(8 * SECOND - 2);
        assertThat(windows.count("a"))
                .returns(false, FixedWindows.Count::admitted)
                .returns(1L, FixedWindows.Count::resetSeconds);
        now.addAndGet(1);
        assertThat(windows.count("a"))
                .returns(true, FixedWindows.Count::admitted)
                .returns(2, FixedWindows.Count::remaining)
                .returns(10L, FixedWindows.Count::resetSeconds);
    }

    /** So many that a count lost between two threads shows. */
    @Test
    void admitsExactlyTheNumberOfThoseWhoComeAtOnce() throws Exception {
        int limit = 1_000_000;
        FixedWindows million = new FixedWindows(new Rate(limit, Duration.ofHours(1)), System::nanoTime);
        Callable<Integer> client = () -> {
            int admitted = 0;
            for (int i = 0; i < 200_000; i++) {
                FixedWindows.Count count = million.count("a");
                admitted += count.admitted() ? 1 : 0;
                if (count.remaining() < 0 || count.remaining() >= limit) {
                    throw new AssertionError(count);
                }
            }
            return admitted;
        };
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            long admitted = 0;
            for (Future<Integer> count : clients.invokeAll(Collections.nCopies(8, client))) {
                admitted += count.get();
            }
            assertThat(admitted).isEqualTo(limit);
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void saysWhetherTheNextWouldBeRefused() {
        assertThat(windows.isFull("a")).isFalse();
        for (int i = 0; i < 3; i++) {
            assertThat(windows.isFull("a")).isFalse();
            windows.count("a");
        }
        assertThat(windows.isFull("a")).isTrue();
        assertThat(windows.isFull("b")).isFalse();

        now.addAndGet(10 * SECOND);
        assertThat(windows.isFull("a")).isFalse();
    }

    @Test
    void keepsABoundedNumberOfClientsAndTheirCounts() {
        for (int i = 0; i < 4; i++) {
            windows.count("first");
        }
        for (int i = 0; i < 3 * FixedWindows.MOST_CLIENTS; i++) {
            windows.count("client " + i);
            assertThat(windows.clients()).isLessThanOrEqualTo(FixedWindows.MOST_CLIENTS);
        }

        assertThat(windows.count("first").admitted())
                .as("of whom was there before the flood")
                .isFalse();
        assertThat(windows.count("newcomer").admitted()).as("of the flood's").isFalse();
        assertThat(windows.isFull("another newcomer")).isTrue();

        now.addAndGet(10 * SECOND);
        assertThat(windows.count("newcomer").remaining()).isEqualTo(2);
    }
}
