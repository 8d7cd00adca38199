package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vpnenterprise.node.NodeException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NodeSessionTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final int WAITERS = 3;

    private final CountDownLatch slowDeviceAnswers = new CountDownLatch(1);
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @TempDir
    Path directory;

    private FakeDevice device;

    @BeforeEach
    void startSlowDevice() throws IOException {
        device = new FakeDevice(directory, "wg0", request -> {
            try {
                slowDeviceAnswers.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return Optional.of("private_key=" + Keys.random().hex() + "\nerrno=0\n\n");
        });
    }

    @AfterEach
    void stop() throws IOException {
        slowDeviceAnswers.countDown();
        callers.shutdownNow();
        device.close();
    }

    @Test
    void turnsAwayWhoWouldMakeTheQueueTooLong() throws Exception {
        NodeSession session = session(LONG);
        List<Future<?>> admitted = new ArrayList<>();
        for (int i = 0; i < 1 + WAITERS; i++) {
            admitted.add(callers.submit(() -> session.read("wg0")));
        }
        // The first one is at the device, the rest are somewhere on their way into the queue.
        await().atMost(LONG).until(() -> device.requests.size() == 1 && session.waiting() == WAITERS);

        NodeConnectionContract.assertReason(Reason.BUSY, () -> session.read("wg0"));

        slowDeviceAnswers.countDown();
        for (Future<?> call : admitted) {
            call.get();
        }
        assertThat(session.read("wg0").peers()).isEmpty();
        assertThat(device.requests).hasSize(1 + WAITERS + 1);
    }

    @Test
    void countsTheQueueAgainstTheDeadline() throws Exception {
        NodeSession session = session(SHORT);
        Future<?> first = callers.submit(
                () -> NodeConnectionContract.assertReason(Reason.UNAVAILABLE, () -> session.read("wg0")));
        await().atMost(LONG).until(() -> device.requests.size() == 1);
        Future<?> second = callers.submit(() -> {
            try {
                session.read("wg0");
            } catch (NodeException e) {
                // BUSY if it stood behind the first, UNAVAILABLE if that one had given up already.
                assertThat(e.reason()).isIn(Reason.BUSY, Reason.UNAVAILABLE);
                return;
            }
            throw new AssertionError("the device cannot have answered");
        });

        long start = System.nanoTime();
        first.get();
        second.get();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void leavesOtherNodesAloneWhileOneHangs() throws Exception {
        NodeSession hanging = session(LONG);
        Future<?> stuck = callers.submit(() -> hanging.read("wg0"));
        await().atMost(LONG).until(() -> device.requests.size() == 1);
        NodeTarget simulated = new NodeTarget(UUID.randomUUID(), NodeTarget.Transport.SIMULATED, Optional.empty());

        try (NodeSession other = NodeSession.open(simulated, new SshSessions(), SHORT, WAITERS)) {
            other.check();
        }

        assertThat(stuck.isDone()).isFalse();
    }

    @Test
    void refusesCallsAfterItsClose() {
        NodeSession session = session(LONG);
        session.close();

        NodeConnectionContract.assertReason(Reason.UNAVAILABLE, session::check);
    }

    private NodeSession session(Duration callDeadline) {
        NodeTarget target = new NodeTarget(UUID.randomUUID(), NodeTarget.Transport.UAPI, Optional.empty());
        HostNetwork network = new HostNetwork(new HostPrograms(), Optional.empty());
        return new NodeSession(target, new UapiDriver(directory, 1_000_000, network), callDeadline, WAITERS);
    }
}
