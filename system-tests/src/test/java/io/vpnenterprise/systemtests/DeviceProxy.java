package io.vpnenterprise.systemtests;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Stands in the place of a userspace device's socket and passes everything on, up to a place in a change of peers where a
 * test stops it or hangs up: what the device has of the request is then what would lie in its queue. Thread-safe.
 */
final class DeviceProxy implements AutoCloseable {

    /** Below the connector's deadline, after which nobody would be there any more. */
    private static final Duration LONGEST_HOLD = Duration.ofSeconds(4);

    private static final String END = "\n\n";

    /**
     * Where in a request that puts peers, but for the one place in a removal: its last occurrence, so that what comes before in
     * the same request is whole.
     */
    enum Offset {
        IN_THE_HEADER {
            @Override
            int in(String request) {
                return 2;
            }
        },
        IN_A_PUBLIC_KEY {
            @Override
            int in(String request) {
                return after(request, "public_key=", 32);
            }
        },
        /** A device that hears no more has the peer already, without anything. */
        BEFORE_A_PRESHARED_KEY {
            @Override
            int in(String request) {
                return request.lastIndexOf("preshared_key=");
            }
        },
        IN_A_PRESHARED_KEY {
            @Override
            int in(String request) {
                return after(request, "preshared_key=", 32);
            }
        },
        IN_AN_ADDRESS {
            @Override
            int in(String request) {
                return after(request, "allowed_ip=", 4);
            }
        },
        /** Cut short, this is another network, and a valid one. */
        IN_A_PREFIX_LENGTH {
            @Override
            int in(String request) {
                int address = request.lastIndexOf("allowed_ip=");
                return address < 0 ? NONE : request.indexOf('/', address) + 2;
            }
        },
        BETWEEN_TWO_PEERS {
            @Override
            int in(String request) {
                int last = request.lastIndexOf("public_key=");
                return request.indexOf("public_key=") < last ? last : NONE;
            }
        },
        IN_A_REMOVAL {
            @Override
            int in(String request) {
                return after(request, "remove=", 2);
            }
        },
        BEFORE_THE_END {
            @Override
            int in(String request) {
                return request.length() - 1;
            }
        },
        /** The device has done it, and whoever asked does not hear so. */
        BEFORE_THE_ANSWER {
            @Override
            int in(String request) {
                return request.length();
            }
        };

        private static final int NONE = -1;

        /** Negative when the request has no such place. */
        abstract int in(String request);

        private static int after(String request, String key, int characters) {
            int found = request.lastIndexOf(key);
            return found < 0 ? NONE : found + key.length() + characters;
        }

        private OptionalInt of(byte[] request) {
            String text = new String(request, StandardCharsets.US_ASCII);
            int place = this == IN_A_REMOVAL || text.contains("preshared_key=") ? in(text) : NONE;
            return place < 0 ? OptionalInt.empty() : OptionalInt.of(place);
        }
    }

    private final Path socket;
    private final Path device;
    private final ServerSocketChannel listener;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    private Offset offset;
    private boolean holding;
    private boolean heldAreCut;
    private int held;
    private int cutsLeft;
    private int cuts;
    private volatile boolean changed;

    private DeviceProxy(Path socket, Path device, ServerSocketChannel listener) {
        this.socket = socket;
        this.device = device;
        this.listener = listener;
    }

    static DeviceProxy before(String interfaceName) {
        Path socket = NetworkNamespace.socketOf(interfaceName);
        Path device = socket.resolveSibling(interfaceName + ".behind");
        try {
            ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            // A device goes on listening where its socket's file was moved to.
            Files.move(socket, device);
            listener.bind(UnixDomainSocketAddress.of(socket));
            DeviceProxy proxy = new DeviceProxy(socket, device, listener);
            start(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on every change of peers that has such a place stops there, for at most {@link #LONGEST_HOLD}. */
    synchronized void holdAt(Offset place) {
        offset = place;
        holding = true;
    }

    /** The next so many changes of peers that have such a place are cut off there, both ways. */
    synchronized void cutAt(Offset place, int times) {
        offset = place;
        cutsLeft = times;
        cuts = 0;
    }

    /** Whether somebody has set anything through it. */
    boolean hasPassedChanges() {
        return changed;
    }

    synchronized boolean isHolding() {
        return held > 0;
    }

    synchronized int cuts() {
        return cuts;
    }

    /** Holds no more; what is held goes on, or is cut off. */
    synchronized void release(boolean cut) {
        heldAreCut = cut;
        holding = false;
        cutsLeft = 0;
        notifyAll();
    }

    /** The device was killed: whoever called it hears so, and its socket's file is left behind with nobody there. */
    void diesWithItsDevice() {
        release(true);
        try {
            Files.deleteIfExists(device);
            hangUp();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The device gets its place again, if it is still there. */
    @Override
    public void close() throws IOException {
        release(false);
        if (Files.exists(device)) {
            Files.move(device, socket, StandardCopyOption.REPLACE_EXISTING);
        }
        hangUp();
    }

    private void hangUp() throws IOException {
        listener.close();
        for (SocketChannel channel : open) {
            channel.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = listener.accept();
                open.add(client);
                start(() -> serve(client));
            }
        } catch (IOException e) {
            // Closed, which ends it.
        }
    }

    private void serve(SocketChannel client) {
        try (client;
                SocketChannel behind = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            behind.connect(UnixDomainSocketAddress.of(device));
            byte[] request = readRequest(client);
            while (request.length > 0 && pass(request, client, behind)) {
                request = readRequest(client);
            }
        } catch (IOException e) {
            // One of them hung up; the other one hears it by the closing of both.
        } finally {
            open.remove(client);
        }
    }

    /** Returns whether the connection goes on. */
    private boolean pass(byte[] request, SocketChannel client, SocketChannel behind) throws IOException {
        changed |= request[0] == 's';
        OptionalInt place = placeIn(request);
        int first = place.orElse(request.length);
        write(behind, request, 0, first);
        if (first < request.length) {
            if (!mayGoOn()) {
                return false;
            }
            write(behind, request, first, request.length);
        }
        byte[] answer = readAnswer(behind);
        if (place.isPresent() && first == request.length && !mayGoOn()) {
            return false;
        }
        write(client, answer, 0, answer.length);
        return true;
    }

    private synchronized OptionalInt placeIn(byte[] request) {
        return holding || cutsLeft > 0 ? offset.of(request) : OptionalInt.empty();
    }

    private synchronized boolean mayGoOn() {
        if (cutsLeft > 0) {
            cutsLeft--;
            cuts++;
            return false;
        }
        heldAreCut = false;
        long end = System.nanoTime() + LONGEST_HOLD.toNanos();
        held++;
        try {
            while (holding && System.nanoTime() < end) {
                TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, end - System.nanoTime()));
            }
            return !heldAreCut;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            held--;
        }
    }

    private static byte[] readAnswer(SocketChannel from) throws IOException {
        byte[] answer = readRequest(from);
        if (answer.length == 0) {
            throw new EOFException("the device hung up");
        }
        return answer;
    }

    /** Up to the empty line that ends it, as an answer; empty when there is none any more. */
    private static byte[] readRequest(SocketChannel from) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        while (from.read(buffer) >= 0) {
            if (endsThere(buffer)) {
                return Arrays.copyOf(buffer.array(), buffer.position());
            }
            if (!buffer.hasRemaining()) {
                buffer = ByteBuffer.allocate(2 * buffer.capacity()).put(buffer.flip());
            }
        }
        return new byte[0];
    }

    private static boolean endsThere(ByteBuffer buffer) {
        int end = buffer.position();
        return end >= END.length() && buffer.get(end - 1) == '\n' && buffer.get(end - 2) == '\n';
    }

    private static void write(SocketChannel to, byte[] bytes, int from, int until) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes, from, until - from);
        while (left.hasRemaining()) {
            to.write(left);
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "device proxy");
        thread.setDaemon(true);
        thread.start();
    }
}
