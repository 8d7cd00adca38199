package io.vpnenterprise.node;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands between the connector and a device's socket, and does to the next exchanges what a test has planned. */
final class CuttingProxy implements AutoCloseable {

    /** What is done to one exchange, given its request; it is through when it answers whether the connection lives on. */
    @FunctionalInterface
    interface Fault {
        boolean happen(String request, Device device, SocketChannel connector) throws IOException;
    }

    /** No fault: the whole request to the device, and its whole answer back. */
    static final Fault NONE = (request, device, connector) -> {
        device.send(request);
        write(connector, device.answer());
        return true;
    };

    private final Path device;
    private final Path socket;
    private final ServerSocketChannel server;
    private final List<Closeable> open = new CopyOnWriteArrayList<>();
    private final Queue<Fault> plan = new ConcurrentLinkedQueue<>();

    CuttingProxy(Path device, Path socket) throws IOException {
        this.device = device;
        this.socket = socket;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        inThread(() -> {
            while (true) {
                SocketChannel connector = server.accept();
                open.add(connector);
                inThread(() -> serve(connector));
            }
        });
    }

    /** Cut after so many bytes of the request. */
    static Fault cutAfter(Offset offset) {
        return (request, device, connector) -> {
            device.send(request.substring(0, offset.in(request)));
            return false;
        };
    }

    /** Where in a request. */
    @FunctionalInterface
    interface Offset {
        int in(String request);
    }

    /** What happens to the next exchanges, in order; those after them go well. */
    void plan(Fault... faults) {
        plan.clear();
        plan.addAll(List.of(faults));
    }

    /** Whether all that was planned has happened. */
    boolean isDone() {
        return plan.isEmpty();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Closeable channel : open) {
            channel.close();
        }
        Files.deleteIfExists(socket);
    }

    private void serve(SocketChannel connector) throws IOException {
        try (connector;
                Device behind = new Device(SocketChannel.open(UnixDomainSocketAddress.of(device)))) {
            open.add(behind);
            String request = readMessage(connector);
            while (request != null) {
                Fault fault = plan.poll();
                if (!(fault == null ? NONE : fault).happen(request, behind, connector)) {
                    behind.end();
                    return;
                }
                request = readMessage(connector);
            }
        }
    }

    /** The device's side of one connection. */
    record Device(SocketChannel channel) implements Closeable {

        void send(String text) throws IOException {
            write(channel, text);
        }

        String answer() throws IOException {
            String answer = readMessage(channel);
            if (answer == null) {
                throw new IOException("the device hung up");
            }
            return answer;
        }

        /**
         * Waits until the device is through with what it has got, which it tells by hanging up: on its next connection it
         * could take the next request first.
         */
        void end() throws IOException {
            channel.shutdownOutput();
            ByteBuffer rest = ByteBuffer.allocate(64 << 10);
            while (channel.read(rest.clear()) >= 0) {
                // Nobody wants to know.
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    static void write(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Up to the empty line; null at the end. */
    private static String readMessage(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        StringBuilder message = new StringBuilder();
        while (message.length() < 2 || !message.substring(message.length() - 2).equals("\n\n")) {
            if (channel.read(buffer.clear()) < 0) {
                return null;
            }
            message.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
        }
        return message.toString();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void inThread(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // One of the three is gone: that is what a test of cut connections makes.
                return;
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
