package io.vpnenterprise.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.platform.Rate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
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

    @Test
    void admitsExactlyTheNumberOfThoseWhoComeAtOnce() throws Exception {
        FixedWindows hundred = new FixedWindows(new Rate(100, Duration.ofHours(1)), System::nanoTime);
        Callable<FixedWindows.Count> request = () -> hundred.count("a");
        ExecutorService clients = Executors.newFixedThreadPool(16);
        try {
            List<Future<FixedWindows.Count>> counts = clients.invokeAll(
                    Stream.generate(() -> request).limit(5_000).toList());
            long admitted = 0;
            for (Future<FixedWindows.Count> count : counts) {
                admitted += count.get().admitted() ? 1 : 0;
                assertThat(count.get().remaining()).isBetween(0, 99);
            }
            assertThat(admitted).isEqualTo(100);
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void keepsABoundedNumberOfClients() {
        for (int i = 0; i < 3 * FixedWindows.MOST_CLIENTS; i++) {
            windows.count("client " + i);
            assertThat(windows.clients()).isLessThanOrEqualTo(FixedWindows.MOST_CLIENTS);
        }
    }
}
