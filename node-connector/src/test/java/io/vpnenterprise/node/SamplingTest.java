package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import jakarta.resource.spi.endpoint.MessageEndpoint;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.transaction.xa.XAResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SamplingTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration QUICK = Duration.ZERO;
    private static final WireGuardKey ANN = Keys.random();
    private static final WireGuardKey BOB = Keys.random();

    private final NodeTarget target = new NodeTarget(UUID.randomUUID(), NodeTarget.Transport.UAPI, Optional.empty());
    private final Listener listener = new Listener();

    /** Works run where they are asked for, so that a tick has done all. */
    private final Sampling sampling =
            new Sampling(new Container(Runnable::run), List.of(new Endpoint(listener, QUICK)));

    private final Map<WireGuardKey, Long> received = new ConcurrentHashMap<>();

    @TempDir
    Path directory;

    private FakeDevice device;
    private NodeSession session;

    @BeforeEach
    void start() throws IOException {
        received.put(ANN, 100L);
        received.put(BOB, 200L);
        startDevice();
        HostNetwork network = new HostNetwork(new HostPrograms(), Optional.empty());
        session = new NodeSession(target, new UapiDriver(directory, 1_000_000, network), LONG, 8);
        watch(1);
    }

    @AfterEach
    void stop() throws IOException {
        session.close();
        device.close();
    }

    @Test
    void deliversAllAtFirstAndThenWhatChanged() {
        sample();
        assertThat(listener.newest().peers()).extracting(PeerSample::publicKey).containsExactlyInAnyOrder(ANN, BOB);

        received.put(BOB, 250L);
        sample();

        assertThat(listener.newest().peers())
                .extracting(PeerSample::publicKey, PeerSample::received, PeerSample::life)
                .containsExactly(tuple(BOB, 250L, 0L));
        assertThat(listener.heard).extracting(PeerSamples::sequence).isSorted().doesNotHaveDuplicates();
        assertThat(listener.heard).extracting(PeerSamples::epoch).containsOnly(1L);
    }

    @Test
    void repeatsInItsNewestStateWhatWasNotTaken() {
        sample();
        listener.then = samples -> {
            throw new IllegalStateException("the database is away");
        };
        received.put(ANN, 101L);
        sample();
        received.put(BOB, 300L);
        received.put(ANN, 102L);
        listener.then = samples -> {};
        sample();

        assertThat(listener.newest().peers())
                .extracting(PeerSample::publicKey, PeerSample::received)
                .containsExactlyInAnyOrder(tuple(ANN, 102L), tuple(BOB, 300L));
    }

    @Test
    void doesNotLetOneListenerThatDawdlesHoldUpAnother() {
        CountDownLatch free = new CountDownLatch(1);
        Listener slow = new Listener();
        slow.then = samples -> awaitUninterrupted(free);
        Sampling threaded =
                new Sampling(new Container(), List.of(new Endpoint(slow, QUICK), new Endpoint(listener, QUICK)));
        threaded.watch(session, target, "wg0", 1, LONG);
        tickUntil(threaded, () -> !slow.heard.isEmpty());
        received.put(ANN, 500L);

        tickUntil(threaded, () -> listener.bytesOf(ANN) == 500);
        assertThat(slow.heard).hasSize(1);
        free.countDown();
        tickUntil(threaded, () -> slow.bytesOf(ANN) == 500);
    }

    @Test
    void numbersTheLivesOfCounters() throws IOException {
        sample();
        // Fell, was away, was removed through this session, and belongs to a device that was made anew.
        received.put(ANN, 5L);
        sample();
        long fell = lifeOf(ANN);
        received.remove(BOB);
        sample();
        received.put(BOB, 1_000L);
        sample();
        long cameBack = lifeOf(BOB);
        session.apply("wg0", List.of(new PeerChange.Remove(BOB)));
        received.put(BOB, 2_000L);
        sample();
        long removed = lifeOf(BOB);
        String before = listener.newest().incarnation();
        device.close();
        startDevice();
        received.put(BOB, 3_000L);
        sample();

        assertThat(List.of(fell, cameBack, removed, lifeOf(BOB)))
                .doesNotContain(0L)
                .doesNotHaveDuplicates();
        assertThat(listener.newest().incarnation()).isNotEqualTo(before);
        assertThat(listener.heard)
                .extracting(PeerSamples::sampler)
                .containsOnly(listener.newest().sampler());
    }

    @Test
    void takesWhatAComparisonHasRead() {
        sample();
        received.put(BOB, 250L);
        session.digest("wg0");
        int read = device.requests.size();

        tickUntil(sampling, () -> listener.bytesOf(BOB) == 250);
        assertThat(device.requests).hasSize(read);
        received.put(BOB, 300L);
        sample();

        assertThat(listener.bytesOf(BOB)).isEqualTo(300);
        assertThat(lifeOf(BOB)).isZero();
    }

    @Test
    void knowsOfAComparisonWhatWasRemovedBeforeIt() {
        long began = System.nanoTime();
        sample();
        session.digest("wg0");
        session.apply("wg0", List.of(new PeerChange.Remove(BOB)));
        tickUntil(sampling, () -> !session.hasSample("wg0", began));
        assertThat(lifeOf(BOB)).as("at the time of the comparison").isZero();

        received.put(BOB, 1_000L);
        session.digest("wg0");
        session.digest("wg0");
        tickUntil(sampling, () -> listener.bytesOf(BOB) == 1_000);

        assertThat(lifeOf(BOB)).as("of two, the older is not taken").isNotZero();
    }

    @Test
    void beginsAnewWithAnotherEpoch() {
        sample();
        UUID before = listener.newest().sampler();
        watch(1);
        sample();
        watch(2);
        sample();

        assertThat(listener.newest().epoch()).isEqualTo(2);
        assertThat(listener.newest().sampler()).isNotEqualTo(before);
        assertThat(listener.newest().peers()).hasSize(2);
    }

    @Test
    void endsWithItsWatch() {
        sampling.watch(session, target, "wg0", 1, Duration.ZERO);
        sampling.tick();
        sampling.tick();

        assertThat(device.requests).isEmpty();
    }

    @Test
    void deliversManyInParts() {
        for (int i = 0; i < PeerSamples.MAX_PEERS; i++) {
            received.put(Keys.random(), 1L);
        }
        sample();

        assertThat(listener.heard).extracting(samples -> samples.peers().size()).containsExactly(1_000, 2);
    }

    @Test
    void refusesAnIntervalOutOfItsRange() {
        PeerSamplesActivation activation = new PeerSamplesActivation();
        for (Integer millis : new Integer[] {null, 0, 199, 60_001}) {
            activation.setSampleEveryMillis(millis);
            assertThatThrownBy(activation::validate).hasMessageContaining("sampleEveryMillis");
        }
    }

    private void watch(long epoch) {
        sampling.watch(session, target, "wg0", epoch, LONG);
    }

    private void sample() {
        int read = device.requests.size();
        tickUntil(sampling, () -> device.requests.size() > read);
    }

    private static void tickUntil(Sampling ticking, BooleanSupplier condition) {
        await().pollInterval(Duration.ofMillis(5)).atMost(LONG).until(() -> {
            ticking.tick();
            return condition.getAsBoolean();
        });
    }

    private long lifeOf(WireGuardKey peer) {
        return listener.last.get(peer).life();
    }

    private void startDevice() throws IOException {
        device = new FakeDevice(
                directory, "wg0", request -> Optional.of(request.startsWith("set") ? "errno=0\n\n" : state()));
    }

    private String state() {
        StringBuilder state = new StringBuilder("private_key=" + Keys.random().hex() + "\nlisten_port=51820\n");
        received.forEach((key, bytes) -> state.append("public_key=")
                .append(key.hex())
                .append("\nrx_bytes=")
                .append(bytes)
                .append("\ntx_bytes=0\n"));
        return state.append("errno=0\n\n").toString();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a container makes of a message-driven bean. */
    private static final class Listener implements MessageEndpointFactory, MessageEndpoint, PeerSamplesListener {

        private final List<PeerSamples> heard = new CopyOnWriteArrayList<>();
        private final Map<WireGuardKey, PeerSample> last = new ConcurrentHashMap<>();
        private volatile Consumer<PeerSamples> then = samples -> {};

        @Override
        public void onSamples(PeerSamples samples) {
            heard.add(samples);
            then.accept(samples);
            samples.peers().forEach(peer -> last.put(peer.publicKey(), peer));
        }

        PeerSamples newest() {
            return heard.get(heard.size() - 1);
        }

        long bytesOf(WireGuardKey peer) {
            return last.containsKey(peer) ? last.get(peer).received() : -1;
        }

        @Override
        public MessageEndpoint createEndpoint(XAResource resource) {
            return this;
        }

        @Override
        public MessageEndpoint createEndpoint(XAResource resource, long timeout) {
            return this;
        }

        @Override
        public boolean isDeliveryTransacted(Method method) {
            return false;
        }

        @Override
        public String getActivationName() {
            return "listener";
        }

        @Override
        public Class<?> getEndpointClass() {
            return Listener.class;
        }

        @Override
        public void beforeDelivery(Method method) {}

        @Override
        public void afterDelivery() {}

        @Override
        public void release() {}
    }
}
