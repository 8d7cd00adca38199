package io.vpnenterprise.realtime.web;

import io.vpnenterprise.identity.VerifiedToken;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** One client's connection. Messages leave it one after the other; those that wait are few. Thread-safe. */
final class Socket {

    private static final int MOST_WAITING = 200;

    private final Session session;
    private final Handshake.Visitor visitor;
    private final Executor executor;
    private final long openedAt = System.nanoTime();
    private final Queue<String> waiting = new ArrayDeque<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private boolean sending;
    private volatile VerifiedToken token;
    private volatile long heardAt = System.nanoTime();
    private volatile long pingedAt = System.nanoTime();

    Socket(Session session, Executor executor) {
        this.session = session;
        this.visitor = Handshake.Visitor.of(session);
        this.executor = executor;
    }

    Handshake.Visitor visitor() {
        return visitor;
    }

    /** Empty until the client has proved who it is. */
    Optional<VerifiedToken> token() {
        return Optional.ofNullable(token);
    }

    Optional<UUID> userId() {
        return token().map(held -> held.caller().userId());
    }

    void admit(VerifiedToken verified) {
        token = verified;
    }

    void heard() {
        heardAt = System.nanoTime();
    }

    boolean isOpen() {
        return !closed.get();
    }

    Duration sinceOpened() {
        return Duration.ofNanos(System.nanoTime() - openedAt);
    }

    Duration sinceHeard() {
        return Duration.ofNanos(System.nanoTime() - heardAt);
    }

    Duration sincePinged() {
        return Duration.ofNanos(System.nanoTime() - pingedAt);
    }

    void ping() {
        pingedAt = System.nanoTime();
        outside(() -> {
            try {
                session.getAsyncRemote().sendPing(ByteBuffer.allocate(0));
            } catch (IOException | RuntimeException e) {
                // It is going; whoever does not answer is closed anyway.
            }
        });
    }

    void send(String message) {
        if (!isOpen()) {
            return;
        }
        synchronized (waiting) {
            if (waiting.size() >= MOST_WAITING) {
                close(CloseCode.TOO_SLOW, CloseCode.TOO_SLOW.name());
                return;
            }
            waiting.add(message);
            if (sending) {
                return;
            }
            sending = true;
        }
        sendNext();
    }

    private void sendNext() {
        String next;
        synchronized (waiting) {
            next = isOpen() ? waiting.poll() : null;
            if (next == null) {
                sending = false;
                return;
            }
        }
        try {
            session.getAsyncRemote().sendText(next, this::sent);
        } catch (RuntimeException e) {
            close(CloseCode.TOO_SLOW, CloseCode.TOO_SLOW.name());
        }
    }

    private void sent(SendResult result) {
        if (result.isOK()) {
            sendNext();
        } else {
            close(CloseCode.TOO_SLOW, CloseCode.TOO_SLOW.name());
        }
    }

    /** From now on nothing goes in or out; the client hears why as soon as the network lets it. */
    void close(CloseCode code, String reason) {
        if (closed.compareAndSet(false, true)) {
            outside(() -> {
                try {
                    session.close(code.because(reason));
                } catch (IOException | RuntimeException e) {
                    // It was gone already.
                }
            });
        }
    }

    /** The client, or the network, closed it. */
    void ended() {
        closed.set(true);
    }

    /** Servers may wait for the network meanwhile, which the watcher of all sockets must not. */
    private void outside(Runnable work) {
        try {
            executor.execute(work);
        } catch (RejectedExecutionException e) {
            // The container is stopping, and closes all by itself.
        }
    }
}
