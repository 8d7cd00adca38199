package io.vpnenterprise.realtime.web;

import io.vpnenterprise.audit.AuditEntry;
import io.vpnenterprise.audit.AuditTrail;
import io.vpnenterprise.audit.web.EntryView;
import io.vpnenterprise.identity.TokenVerifier;
import io.vpnenterprise.identity.VerifiedToken;
import io.vpnenterprise.platform.Credential;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.SessionCookies;
import io.vpnenterprise.realtime.RealtimeConfig;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonString;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.websocket.Session;
import java.io.StringReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * All sockets of this application node: who may have one, what they hear, and when they end. Thread-safe.
 *
 * <p>Every message is a call like any other: it is heard only while the token that was accepted would be accepted still, by
 * what the database said at most half a second ago. A watcher asks the same of the silent ones, all in one query.
 */
@ApplicationScoped
public class Sockets {

    private static final Logger LOG = Logger.getLogger(Sockets.class.getName());

    private static final long WATCH_MILLIS = 250;

    /** Of the log's tail: its entries come from an outbox that is emptied once a second. */
    private static final long FEED_MILLIS = 250;

    private static final Duration AUTH_WITHIN = Duration.ofSeconds(5);

    /** Proxies close what is silent for a minute. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(25);

    private static final Duration NOT_HEARD_FOR = HEARTBEAT.multipliedBy(2).plusSeconds(10);

    /** Entries read at a time. */
    private static final int PART = 500;

    /** Whoever connects and says nothing holds a place for seconds; there are not many of those. */
    private static final int MOST_UNKNOWN = 500;

    /** Of them, from one network: a client says who it is at once, and nobody takes all places. */
    private static final int MOST_UNKNOWN_OF_A_NETWORK = 10;

    /** While the database is away, each round fails. */
    private static final Duration COMPLAIN_EVERY = Duration.ofMinutes(1);

    private static final int MAX_ID = 64;
    private static final String READY = "{\"type\":\"ready\"}";

    /** Thread-safe, by its contract. */
    private static final JsonReaderFactory READERS = Json.createReaderFactory(Map.of());

    /** Thread-safe, by its contract. */
    private static final Jsonb JSON = JsonbBuilder.create();

    /** What a member hears of his own audit. */
    public record Event(String type, EntryView entry) {}

    /** The answer to a ping. */
    public record Pong(String type, String id) {}

    @Resource
    ManagedExecutorService executor;

    @Resource
    ManagedScheduledExecutorService scheduler;

    @Inject
    TokenVerifier tokens;

    @Inject
    SessionCookies cookies;

    @Inject
    AuditTrail trail;

    @Inject
    RealtimeConfig config;

    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private List<ScheduledFuture<?>> clocks = List.of();
    private final AtomicLong complainedAt = new AtomicLong(System.nanoTime() - COMPLAIN_EVERY.toNanos());
    private long told;

    /** Called before the first socket is open, so it misses nothing that happens from then on. */
    @PostConstruct
    void start() {
        told = trail.head().sequence();
        clocks = List.of(
                scheduler.scheduleWithFixedDelay(
                        () -> unbroken(this::watch), WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS),
                scheduler.scheduleWithFixedDelay(
                        () -> unbroken(this::feed), FEED_MILLIS, FEED_MILLIS, TimeUnit.MILLISECONDS));
    }

    @PreDestroy
    void stop() {
        clocks.forEach(clock -> clock.cancel(false));
    }

    /** A schedule ends with the first exception, and the database may be away for a while. */
    private void unbroken(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            long now = System.nanoTime();
            long last = complainedAt.get();
            if (now - last >= COMPLAIN_EVERY.toNanos() && complainedAt.compareAndSet(last, now)) {
                LOG.log(Level.WARNING, "no round of the sockets: {0}", e.getMessage());
            }
        }
    }

    Socket open(Session session) {
        Socket socket = new Socket(session, executor);
        sockets.add(socket);
        List<Socket> unknown =
                sockets.stream().filter(one -> one.token().isEmpty()).toList();
        String network = socket.visitor().from().network();
        long ofNetwork = unknown.stream()
                .filter(one -> one.visitor().from().network().equals(network))
                .count();
        if (sockets.size() > config.sockets()
                || unknown.size() > MOST_UNKNOWN
                || ofNetwork > MOST_UNKNOWN_OF_A_NETWORK) {
            socket.close(CloseCode.TOO_MANY_SOCKETS, CloseCode.TOO_MANY_SOCKETS.name());
        }
        return socket;
    }

    void forget(Socket socket) {
        socket.ended();
        sockets.remove(socket);
    }

    void hear(Socket socket, String text) {
        if (!socket.isOpen()) {
            return;
        }
        socket.heard();
        Optional<JsonObject> message = parsed(text);
        String type = message.flatMap(found -> string(found, "type")).orElse("");
        if (type.equals("auth")) {
            authenticate(socket, message.get());
        } else if (socket.token().isEmpty()) {
            socket.close(CloseCode.UNAUTHENTICATED, PlatformError.MISSING_TOKEN.name());
        } else if (stillHolds(socket)) {
            if (type.equals("ping")) {
                String id = string(message.get(), "id").orElse(null);
                if (id == null || id.length() <= MAX_ID) {
                    socket.send(JSON.toJson(new Pong("pong", id)));
                    return;
                }
            }
            socket.close(CloseCode.BAD_MESSAGE, CloseCode.BAD_MESSAGE.name());
        }
    }

    /** Takes a token, the first or a newer one of the same member. */
    private void authenticate(Socket socket, JsonObject message) {
        try {
            VerifiedToken verified = verified(socket.visitor(), message);
            UUID userId = verified.caller().userId();
            if (verified.caller().credential().kind() != Credential.Kind.SESSION) {
                throw new VpnException(PlatformError.SCOPE_MISSING);
            }
            if (socket.userId().filter(before -> !before.equals(userId)).isPresent()) {
                throw new VpnException(PlatformError.INVALID_TOKEN);
            }
            socket.admit(verified);
            long own = sockets.stream()
                    .filter(one ->
                            one.isOpen() && one.userId().filter(userId::equals).isPresent())
                    .count();
            if (own > config.socketsPerUser()) {
                socket.close(CloseCode.TOO_MANY_SOCKETS, CloseCode.TOO_MANY_SOCKETS.name());
                return;
            }
            socket.send(READY);
        } catch (VpnException e) {
            close(socket, e);
        }
    }

    /** By the message's token; a page has none, but its cookie, and proves by its CSRF token that it is ours. */
    private VerifiedToken verified(Handshake.Visitor visitor, JsonObject message) {
        Optional<String> csrfToken = string(message, "csrfToken");
        if (csrfToken.isEmpty()) {
            return tokens.verify(string(message, "token").orElse(""), visitor.from());
        }
        if (visitor.accessToken() == null) {
            throw new VpnException(PlatformError.MISSING_TOKEN);
        }
        VerifiedToken token = tokens.verify(visitor.accessToken(), visitor.from());
        cookies.requireOwnPage(
                Map.of("Origin", visitor.page(), SessionCookies.CSRF_HEADER, csrfToken.get())::get,
                token.caller().credential().id());
        return token;
    }

    private boolean stillHolds(Socket socket) {
        try {
            tokens.requireHolds(socket.token().orElseThrow());
            return true;
        } catch (VpnException e) {
            close(socket, e);
            return false;
        }
    }

    private static void close(Socket socket, VpnException why) {
        CloseCode code =
                switch (why.code().kind()) {
                    case UNAUTHENTICATED -> CloseCode.UNAUTHENTICATED;
                    case FORBIDDEN -> CloseCode.NOT_PERMITTED;
                    default -> CloseCode.UNAVAILABLE;
                };
        socket.close(code, why.code().name());
    }

    private void watch() {
        List<Socket> ready =
                sockets.stream().filter(socket -> socket.token().isPresent()).toList();
        // Read now: what a message is admitted on may be half a second old, this is not.
        Function<VerifiedToken, Optional<PlatformError>> refusals = tokens.refusalsNow(
                ready.stream().map(socket -> socket.token().orElseThrow()).toList());
        ready.forEach(socket -> refusals.apply(socket.token().orElseThrow())
                .ifPresent(code -> socket.close(CloseCode.UNAUTHENTICATED, code.name())));
        for (Socket socket : sockets) {
            if (socket.token().isEmpty() && socket.sinceOpened().compareTo(AUTH_WITHIN) > 0) {
                socket.close(CloseCode.AUTH_TIMEOUT, CloseCode.AUTH_TIMEOUT.name());
            } else if (socket.sinceHeard().compareTo(NOT_HEARD_FOR) > 0) {
                socket.close(CloseCode.NOT_HEARD, CloseCode.NOT_HEARD.name());
            } else if (socket.sincePinged().compareTo(HEARTBEAT) > 0) {
                socket.ping();
            }
        }
    }

    /** The log has no gaps and grows in one order, so its tail is exact on every node. */
    private void feed() {
        List<AuditEntry> entries;
        do {
            entries = trail.after(told, PART);
            Map<UUID, List<Socket>> byUser = byUser();
            for (AuditEntry entry : entries) {
                tell(byUser, entry.actorId(), entry);
                if (entry.subjectId() != null && !entry.subjectId().equals(entry.actorId())) {
                    tell(byUser, entry.subjectId(), entry);
                }
                told = entry.sequence();
            }
        } while (entries.size() == PART);
    }

    private static void tell(Map<UUID, List<Socket>> byUser, UUID userId, AuditEntry entry) {
        List<Socket> own = userId == null ? List.of() : byUser.getOrDefault(userId, List.of());
        if (!own.isEmpty()) {
            String message = JSON.toJson(new Event("event", EntryView.forMember(entry, userId)));
            own.forEach(socket -> socket.send(message));
        }
    }

    private Map<UUID, List<Socket>> byUser() {
        Map<UUID, List<Socket>> byUser = new HashMap<>();
        for (Socket socket : sockets) {
            if (socket.isOpen()) {
                socket.userId().ifPresent(userId -> byUser.computeIfAbsent(userId, id -> new java.util.ArrayList<>())
                        .add(socket));
            }
        }
        return byUser;
    }

    private static Optional<JsonObject> parsed(String text) {
        try (JsonReader reader = READERS.createReader(new StringReader(text))) {
            return Optional.of(reader.readObject());
        } catch (RuntimeException e) {
            // Of any kind: for a thousand levels the parser throws a bare one.
            return Optional.empty();
        }
    }

    private static Optional<String> string(JsonObject message, String name) {
        return message.get(name) instanceof JsonString text ? Optional.of(text.getString()) : Optional.empty();
    }
}
