package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.node.NodeException.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UapiDriverTest {

    private static final Optional<String> DONE = Optional.of("errno=0\n\n");
    private static final long MAX_REPLY = 10_000;

    private final WireGuardKey privateKey = Keys.random();

    @TempDir
    Path directory;

    private FakeDevice device;
    private UapiDriver driver;

    @BeforeEach
    void start() throws IOException {
        device = new FakeDevice(directory, "wg0", request -> DONE);
        driver = new UapiDriver(directory, MAX_REPLY, new HostNetwork(new NoPrograms(), Optional.empty()));
    }

    @AfterEach
    void stop() throws IOException {
        driver.close();
        device.close();
    }

    @Test
    void changesPeersOnOneKeptConnectionWithoutAnyProgram() {
        PeerChange.Put put = Keys.put("10.8.0.2/32", "fd00:8::2/128");
        PeerChange.Remove remove = new PeerChange.Remove(Keys.random());

        for (int i = 0; i < 50; i++) {
            assertThat(driver.send("wg0", List.of(put, remove), soon())).isEmpty();
        }

        assertThat(device.accepted).hasValue(1);
        assertThat(device.requests).hasSize(50).containsOnly("""
                set=1
                public_key=%s
                preshared_key=%s
                replace_allowed_ips=true
                allowed_ip=10.8.0.2/32
                allowed_ip=fd00:8::2/128
                public_key=%s
                remove=true

                """.formatted(
                        put.publicKey().hex(),
                        put.presharedKey().hex(),
                        remove.publicKey().hex()));
    }

    @Test
    void readsAgainOnANewConnectionWhenTheKeptOneIsBroken() throws IOException {
        driver.peers("wg0", soon());
        device.hangUp();

        assertThat(driver.peers("wg0", soon()).peers().size()).isZero();

        assertThat(device.accepted).hasValue(2);
    }

    @Test
    void sendsChangesOnceAndNoMore() throws IOException {
        driver.send("wg0", List.of(Keys.put()), soon());
        device.hangUp();

        NodeConnectionContract.assertReason(Reason.UNAVAILABLE, () -> driver.send("wg0", List.of(Keys.put()), soon()));
        assertThat(driver.send("wg0", List.of(Keys.put()), soon())).isEmpty();

        assertThat(device.requests).hasSize(2);
    }

    @Test
    void waitsForAnAnswerThatIsLateBeforeItAsksAnythingElse() {
        CountDownLatch released = new CountDownLatch(1);
        device.answerWith(request -> {
            awaitUninterruptibly(released);
            return Optional.of("errno=-22\n\n");
        });
        NodeConnectionContract.assertReason(
                Reason.UNAVAILABLE,
                () -> driver.send("wg0", List.of(Keys.put()), Deadline.after(Duration.ofMillis(200))));
        NodeConnectionContract.assertReason(
                Reason.UNAVAILABLE, () -> driver.peers("wg0", Deadline.after(Duration.ofMillis(200))));
        assertThat(device.requests).hasSize(1);

        device.answerWith(request -> DONE);
        released.countDown();

        // The late answer is not taken for that to this request.
        assertThat(driver.send("wg0", List.of(Keys.put()), soon())).isEmpty();
        assertThat(device.accepted).hasValue(2);
    }

    @Test
    void endsTheCallUnderWayWhenTheAdapterStops() {
        device.answerWith(request -> {
            driver.close();
            return Optional.empty();
        });

        NodeConnectionContract.assertReason(Reason.UNAVAILABLE, () -> driver.send("wg0", List.of(Keys.put()), soon()));
        NodeConnectionContract.assertReason(Reason.UNAVAILABLE, () -> driver.read("wg0", soon()));
    }

    @Test
    void saysWhyTheDeviceRefused() {
        device.answerWith(request -> Optional.of("errno=-22\n\n"));

        assertThat(driver.send("wg0", List.of(Keys.put("10.8.0.3/32")), soon())).contains("invalid value (errno 22)");
    }

    @Test
    void readsAnAnswerThatComesInPieces() {
        device.answerWith(
                request -> Optional.of("private_key=" + privateKey.hex() + "\nlisten_port=51820\nerrno=0\n\n"));

        InterfaceState state = driver.read("wg0", soon());

        assertThat(state.publicKey()).isEqualTo(Curve25519.publicKeyOf(privateKey));
        assertThat(state.listenPort()).isEqualTo(51_820);
    }

    @Test
    void takesNoEndlessAnswer() {
        device.answerWith(request -> Optional.of("endless".repeat((int) MAX_REPLY)));

        NodeConnectionContract.assertReason(Reason.UNAVAILABLE, () -> driver.read("wg0", soon()));
    }

    @Test
    void saysThatADeviceWithoutAKeyIsNoInterfaceYet() {
        NodeConnectionContract.assertReason(Reason.NO_INTERFACE, () -> driver.read("wg0", soon()));
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20));
    }

    /** Peer changes have no business with programs. */
    private static final class NoPrograms implements Programs {

        @Override
        public Ended run(List<String> argv, String stdin, Deadline deadline) {
            throw new AssertionError("started " + argv);
        }

        @Override
        public void require(List<String> programs, Deadline deadline) {
            throw new AssertionError("looked for " + programs);
        }

        @Override
        public void close() {
            // Nothing is kept.
        }
    }
}
