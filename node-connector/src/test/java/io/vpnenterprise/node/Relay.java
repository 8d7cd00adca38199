package io.vpnenterprise.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Passes on what clients send to a server of this machine, until it is told to cut or to swallow it. */
final class Relay implements AutoCloseable {

    final int port;

    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int serverPort;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);
    private volatile boolean swallowing;
    private volatile boolean cut;

    Relay(int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.port = door.getLocalPort();
        inThread(this::accept);
    }

    /** Cuts all connections once clients have sent so many bytes more; those that come later live. */
    void cutAfter(long bytes) {
        cut = false;
        left.set(bytes);
    }

    boolean hasCut() {
        return cut;
    }

    /** From now on connections stay open and nothing gets through. */
    void swallow() {
        swallowing = true;
    }

    @Override
    public void close() throws IOException {
        door.close();
        closeAll();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = door.accept();
            Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
            sockets.addAll(List.of(client, server));
            inThread(() -> pass(client.getInputStream(), server.getOutputStream(), true));
            inThread(() -> pass(server.getInputStream(), client.getOutputStream(), false));
        }
    }

    private void pass(InputStream from, OutputStream to, boolean counted) throws IOException {
        byte[] buffer = new byte[4_096];
        for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
            if (swallowing) {
                continue;
            }
            long before = counted ? left.getAndAdd(-count) : Long.MAX_VALUE;
            to.write(buffer, 0, (int) Math.min(count, Math.max(0, before)));
            to.flush();
            if (before <= count) {
                left.set(Long.MAX_VALUE);
                cut = true;
                closeAll();
            }
        }
    }

    private void closeAll() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void inThread(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // Either end has hung up, or the test is over.
                        return;
                    }
                },
                "relay");
        thread.setDaemon(true);
        thread.start();
    }
}
