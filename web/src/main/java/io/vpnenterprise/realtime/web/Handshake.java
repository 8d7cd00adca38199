package io.vpnenterprise.realtime.web;

import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.PlatformConfig;
import io.vpnenterprise.platform.web.RequestOrigin;
import io.vpnenterprise.platform.web.SessionCookies;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.Session;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Lets browsers of our own and of the configured origins in, each compared as a whole; a browser asks no leave before it
 * opens a socket. What is no browser says no origin, and has to bring a token like everybody.
 */
public class Handshake extends ServerEndpointConfig.Configurator {

    /**
     * Who opened a socket.
     *
     * @param page the origin of a browser's page, which was let in; null of what is no browser
     * @param accessToken of the page's session, which no script reads; null without a page or a session
     */
    record Visitor(Origin from, String page, String accessToken) {

        static Visitor of(Session session) {
            return (Visitor) session.getUserProperties().get(Visitor.class.getName());
        }

        @Override
        public String toString() {
            return "Visitor[" + from + ", " + page + ", ***]";
        }
    }

    @Override
    public boolean checkOrigin(String origin) {
        PlatformConfig config = CDI.current().select(PlatformConfig.class).get();
        return origin == null
                || origin.isEmpty()
                || origin.equals(config.publicUrl())
                || config.allowedOrigins().contains(origin);
    }

    /** The properties are each socket's own (Jakarta WebSocket 2.1, ServerEndpointConfig.Configurator). */
    @Override
    public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
        Origin from = CDI.current().select(RequestOrigin.class).get().get();
        String page = values(request, "Origin").findFirst().orElse(null);
        Optional<String> token = page == null ? Optional.empty() : accessToken(request);
        config.getUserProperties().put(Visitor.class.getName(), new Visitor(from, page, token.orElse(null)));
    }

    private static Optional<String> accessToken(HandshakeRequest request) {
        String begin = SessionCookies.ACCESS + "=";
        return values(request, "Cookie")
                .flatMap(line -> Stream.of(line.split(";")))
                .map(String::strip)
                .filter(cookie -> cookie.startsWith(begin))
                .map(cookie -> cookie.substring(begin.length()))
                .findFirst();
    }

    private static Stream<String> values(HandshakeRequest request, String name) {
        return request.getHeaders().getOrDefault(name, List.of()).stream();
    }
}
