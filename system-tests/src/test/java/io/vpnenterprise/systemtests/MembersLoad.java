package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Members of one server who connect and disconnect as long as they may, whatever they are answered, and what they were told.
 * Who was told that he is connected must be on the host, as he was told; who was told that he is not, must not be.
 */
final class MembersLoad implements AutoCloseable {

    static final int CLIENTS = 3;

    private static final int LONGEST_PAUSE_MILLIS = 30;

    private final HostedServer server;
    private final List<MemberDevice> devices;
    private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    private final List<Future<?>> running = new ArrayList<>();

    /** What devices were told whose last answer says connected. */
    private final Map<MemberDevice, HostedServer.Peer> connected = new ConcurrentHashMap<>();

    /** Those whose last answer says disconnected. A device in neither was told nothing. */
    private final Set<MemberDevice> disconnected = ConcurrentHashMap.newKeySet();

    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger confirmations = new AtomicInteger();
    private volatile boolean goesOn;

    MembersLoad(HostedServer server, List<MemberDevice> devices) {
        this.server = server;
        this.devices = devices;
    }

    void start(Random random) {
        goesOn = true;
        for (int client = 0; client < CLIENTS; client++) {
            List<MemberDevice> own =
                    devices.subList(client * devices.size() / CLIENTS, (client + 1) * devices.size() / CLIENTS);
            Random choices = new Random(random.nextLong());
            running.add(threads.submit(() -> {
                while (goesOn) {
                    change(own.get(choices.nextInt(own.size())));
                    TimeUnit.MILLISECONDS.sleep(choices.nextInt(LONGEST_PAUSE_MILLIS));
                }
                return null;
            }));
        }
    }

    /** No call begins any more. */
    void stopSoon() {
        goesOn = false;
    }

    /** Returns when all have their answers, or have been cut off. */
    void stop() throws Exception {
        goesOn = false;
        for (Future<?> one : running) {
            one.get(60, TimeUnit.SECONDS);
        }
        running.clear();
    }

    /** Throws what ended it, if it was not its time. */
    void requireGoingOn() throws Exception {
        for (Future<?> one : running) {
            if (one.isDone()) {
                one.get();
            }
        }
    }

    int answers() {
        return answers.get();
    }

    /** Answers by which the host is known to have done it. */
    int confirmations() {
        return confirmations.get();
    }

    private void change(MemberDevice device) {
        boolean wasConnected = connected.remove(device) != null;
        disconnected.remove(device);
        try {
            if (wasConnected) {
                noteDisconnect(device, device.disconnect());
            } else {
                noteConnect(device, device.connect(server.id));
            }
            answers.incrementAndGet();
        } catch (UncheckedIOException e) {
            // Cut off: he was told nothing.
            return;
        }
    }

    private void noteConnect(MemberDevice device, Api.Answer answer) {
        if (answer.status() == 200) {
            confirmations.incrementAndGet();
            connected.put(device, told(device, answer.data()));
        } else {
            assertIsTrouble(answer);
        }
    }

    /** With 200 the host has let go; with 202 it is over too, and the host lets go as soon as it answers. */
    private void noteDisconnect(MemberDevice device, Api.Answer answer) {
        if (answer.status() == 200) {
            assertThat(server.keysOnHost())
                    .as("on the host when the answer is here")
                    .doesNotContain(device.publicKey());
        }
        if (answer.status() == 200 || answer.status() == 202) {
            disconnected.add(device);
        } else {
            assertIsTrouble(answer);
        }
    }

    /** Not the member's own fault: he was connected when he was told so, and may connect when he is not. */
    private void assertIsTrouble(Api.Answer answer) {
        if (answer.status() < 500 && !answer.code().equals("ENDED_MEANWHILE")) {
            throw new AssertionError(answer.status() + " " + answer.text());
        }
    }

    void assertHostIsWhatMembersWereTold(String what) throws SQLException {
        Map<String, HostedServer.Peer> onHost = server.peersOnHost();
        connected.forEach((device, told) ->
                assertThat(onHost).as("told connected, " + what).containsEntry(device.publicKey(), told));
        disconnected.forEach(
                device -> assertThat(onHost).as("told disconnected, " + what).doesNotContainKey(device.publicKey()));
        server.assertAddressesAreAccountedFor();
    }

    /** Those who were told nothing are from now on what the product made of them, and can use it. */
    void learn() {
        Map<String, HostedServer.Peer> onHost = server.peersOnHost();
        for (MemberDevice device : devices) {
            if (connected.containsKey(device) || disconnected.contains(device)) {
                continue;
            }
            if (onHost.containsKey(device.publicKey())) {
                JsonObject shown = device.connect(server.id).expect(200).data();
                assertThat(told(device, shown)).isEqualTo(onHost.get(device.publicKey()));
                connected.put(device, told(device, shown));
            } else {
                disconnected.add(device);
            }
        }
    }

    /** What was known of them is not any more: somebody else made them connect. */
    void forget() {
        connected.clear();
        disconnected.clear();
    }

    @Override
    public void close() {
        goesOn = false;
        threads.shutdownNow();
    }

    private static HostedServer.Peer told(MemberDevice device, JsonObject connection) {
        Set<String> addresses =
                new TreeSet<>(connection.getJsonArray("addresses").getValuesAs(JsonString::getString));
        return new HostedServer.Peer(device.publicKey(), connection.getString("presharedKey"), addresses);
    }
}
