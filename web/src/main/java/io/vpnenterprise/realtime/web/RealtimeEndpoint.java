package io.vpnenterprise.realtime.web;

import jakarta.inject.Inject;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The edge of one socket: the container makes an instance for each, and calls it by one thread at a time. */
@ServerEndpoint(value = "/realtime", configurator = Handshake.class)
public class RealtimeEndpoint {

    private static final Logger LOG = Logger.getLogger(RealtimeEndpoint.class.getName());

    /** A token is at most 4 KiB. */
    private static final int MAX_MESSAGE = 8 * 1_024;

    private static final long SEND_TIMEOUT_MILLIS = 10_000;

    @Inject
    Sockets sockets;

    private Socket socket;

    @OnOpen
    public void open(Session session) {
        session.setMaxTextMessageBufferSize(MAX_MESSAGE);
        session.setMaxBinaryMessageBufferSize(1);
        // Our own heartbeat decides; servers count differently what is idle.
        session.setMaxIdleTimeout(0);
        session.getAsyncRemote().setSendTimeout(SEND_TIMEOUT_MILLIS);
        socket = sockets.open(session);
    }

    @OnMessage(maxMessageSize = MAX_MESSAGE)
    public void hear(String message) {
        sockets.hear(socket, message);
    }

    @OnMessage
    public void pong(PongMessage pong) {
        socket.heard();
    }

    @OnClose
    public void close() {
        // None when it could not even be opened.
        if (socket != null) {
            sockets.forget(socket);
        }
    }

    @OnError
    public void fail(Throwable failure) {
        LOG.log(Level.FINE, "a socket failed", failure);
    }
}
