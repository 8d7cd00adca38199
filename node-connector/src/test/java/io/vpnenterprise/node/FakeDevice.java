package io.vpnenterprise.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A UAPI socket whose other side the test writes. It hangs up after an answer without errno. */
final class FakeDevice implements AutoCloseable {

    final AtomicInteger accepted = new AtomicInteger();
    final List<String> requests = new CopyOnWriteArrayList<>();

    private final Path socket;
    private final ServerSocketChannel server;
    private final List<SocketChannel> open = new CopyOnWriteArrayList<>();

    /** Answers a request, or leaves it unanswered when empty. */
    private volatile Function<String, Optional<String>> answers;

    FakeDevice(Path directory, String interfaceName, Function<String, Optional<String>> answers) throws IOException {
        this.answers = answers;
        socket = directory.resolve(interfaceName + ".sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        thread(this::acceptAll);
    }

    void answerWith(Function<String, Optional<String>> answers) {
        this.answers = answers;
    }

    /** What a device does that is restarted: its socket stays, its connections do not. */
    void hangUp() throws IOException {
        for (SocketChannel channel : open) {
            channel.close();
        }
        open.clear();
    }

    @Override
    public void close() throws IOException {
        server.close();
        hangUp();
        Files.deleteIfExists(socket);
    }

    private void acceptAll() throws IOException {
        while (true) {
            SocketChannel channel = server.accept();
            accepted.incrementAndGet();
            open.add(channel);
            thread(() -> serve(channel));
        }
    }

    private void serve(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        StringBuilder request = new StringBuilder();
        while (channel.read(buffer.clear()) >= 0) {
            request.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
            if (request.indexOf("\n\n") < 0) {
                continue;
            }
            requests.add(request.toString());
            Optional<String> answer = answers.apply(request.toString());
            request.setLength(0);
            if (answer.isPresent()) {
                ByteBuffer bytes = StandardCharsets.US_ASCII.encode(answer.get());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                if (!answer.get().contains("errno=")) {
                    break;
                }
            }
        }
        channel.close();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void thread(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (ClosedChannelException e) {
                // The test is over, or hung up.
            } catch (IOException e) {
                if (!"Broken pipe".equals(e.getMessage()) && !"Connection reset".equals(e.getMessage())) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
