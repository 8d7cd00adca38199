package io.vpnenterprise.node;

import io.vpnenterprise.node.NodeException.Reason;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/** One socket to a device. Never blocks beyond a deadline, which is why it is a channel with a selector. */
final class UapiConnection implements Closeable {

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final long maxReply;
    private final ByteBuffer received = ByteBuffer.allocateDirect(64 << 10);
    private Outstanding outstanding;
    private long receivedBytes;

    /** A request, as far as it is not sent yet, and its answer, as far as it has come. */
    private record Outstanding(ByteBuffer request, UapiReply reply, long since) {}

    private UapiConnection(SocketChannel channel, Selector selector, SelectionKey key, long maxReply) {
        this.channel = channel;
        this.selector = selector;
        this.key = key;
        this.maxReply = maxReply;
    }

    /** @param maxReply bytes of an answer beyond which it is taken for none */
    static UapiConnection open(Path socket, long maxReply, Deadline deadline) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = null;
        try {
            channel.configureBlocking(false);
            boolean connected = channel.connect(UnixDomainSocketAddress.of(socket));
            selector = Selector.open();
            UapiConnection connection = new UapiConnection(channel, selector, channel.register(selector, 0), maxReply);
            while (!connected) {
                connection.await(SelectionKey.OP_CONNECT, deadline);
                connected = channel.finishConnect();
            }
            return connection;
        } catch (IOException | RuntimeException e) {
            channel.close();
            if (selector != null) {
                selector.close();
            }
            throw e;
        }
    }

    /**
     * Sends a request and reads the answer. After an errno other than 0 the connection is of no more use: the device has
     * stopped in the middle of the request and takes the rest of it for the next one.
     *
     * @throws IOException when the connection broke
     * @throws NodeException {@code UNAVAILABLE} when the deadline passed; the connection {@link #isWaiting} then
     */
    void exchange(ByteBuffer request, UapiReply reply, Deadline deadline) throws IOException {
        outstanding = new Outstanding(request, reply, System.nanoTime());
        receivedBytes = 0;
        finish(deadline);
    }

    /** Whether a request has no answer yet. The device may still take it, at any time. */
    boolean isWaiting() {
        return outstanding != null;
    }

    /** Since when it {@link #isWaiting}. */
    Duration waitingFor() {
        return Duration.ofNanos(System.nanoTime() - outstanding.since());
    }

    /** Goes on with the request that has no answer yet, and returns it. */
    UapiReply finish(Deadline deadline) throws IOException {
        UapiReply reply = outstanding.reply();
        try {
            sendAndReceive(deadline);
        } catch (IOException e) {
            outstanding = null;
            throw e;
        }
        outstanding = null;
        return reply;
    }

    private void sendAndReceive(Deadline deadline) throws IOException {
        IOException broken = null;
        try {
            send(outstanding.request(), deadline);
        } catch (IOException e) {
            // A device that refuses may hang up before it has read everything; its answer is then still to be read.
            broken = e;
        }
        try {
            receive(outstanding.reply(), deadline);
        } catch (IOException e) {
            if (broken != null) {
                e.addSuppressed(broken);
            }
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            selector.close();
        }
    }

    private void send(ByteBuffer request, Deadline deadline) throws IOException {
        while (request.hasRemaining()) {
            if (channel.write(request) == 0) {
                await(SelectionKey.OP_WRITE, deadline);
            }
        }
    }

    private void receive(UapiReply reply, Deadline deadline) throws IOException {
        while (true) {
            received.clear();
            int count = channel.read(received);
            if (count < 0) {
                throw new EOFException("the device hung up");
            }
            if (count == 0) {
                await(SelectionKey.OP_READ, deadline);
                continue;
            }
            receivedBytes += count;
            if (receivedBytes > maxReply) {
                throw new IOException("the device answers more than " + maxReply + " bytes");
            }
            received.flip();
            while (received.hasRemaining()) {
                if (reply.accept(received.get())) {
                    return;
                }
            }
        }
    }

    private void await(int operation, Deadline deadline) throws IOException {
        try {
            key.interestOps(operation);
            // 0 would mean without limit.
            selector.select(Math.max(1, deadline.remainingMillis()));
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException | CancelledKeyException e) {
            throw new NodeException(Reason.UNAVAILABLE, "the session was closed", e);
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new NodeException(Reason.UNAVAILABLE, "interrupted while waiting for the device");
        }
        if (deadline.passed()) {
            throw new NodeException(Reason.UNAVAILABLE, "the device did not answer in time");
        }
    }
}
