package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.SignedJWT;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Two application nodes: what is revoked on one of them stops working on the other within a second, for a client that calls
 * without pause and for one that talks over a socket. {@code -Drevocation.rounds=200} for more.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RevocationIT {

    private static final int ROUNDS = Integer.getInteger("revocation.rounds", 10);
    private static final Duration LIMIT = Duration.ofSeconds(1);

    /** That many refusals in a row, after the revocation, are the end of it. */
    private static final int REFUSALS = 100;

    private final ExecutorService clients = Executors.newCachedThreadPool();
    private Product product;
    private URI other;
    private Api admin;

    @BeforeAll
    void start() {
        TwoNodes both = TwoNodes.shared();
        product = both.product;
        other = both.urls().get(1);
        admin = product.admin();
    }

    @AfterAll
    void stop() {
        clients.shutdownNow();
    }

    private interface Revocation {
        /** On the first node; returns when it has answered. */
        void revoke(Api member);
    }

    @Test
    void bitesOnTheOtherNodeWithinASecond() {
        Map<String, Revocation> ways = new TreeMap<>(Map.of(
                "signed out",
                member -> member.post("/api/auth/logout", "").expect(204),
                "suspended",
                member -> admin.post("/api/admin/users/" + userId(member) + "/suspend", "")
                        .expect(200),
                "deleted",
                member -> admin.delete("/api/admin/users/" + userId(member)).expect(204)));
        Map<String, List<Long>> rest = new TreeMap<>();
        Map<String, List<Long>> sockets = new TreeMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            String way = List.copyOf(ways.keySet()).get(round % ways.size());
            Round measured = new Round(product.member(), "/api/auth/me");
            measured.revoke(ways.get(way), true);
            rest.computeIfAbsent(way, key -> new ArrayList<>()).add(measured.restMillis());
            sockets.computeIfAbsent(way, key -> new ArrayList<>()).add(measured.socketMillis());
        }
        rest.forEach((way, millis) -> print("REST, " + way, millis));
        sockets.forEach((way, millis) -> print("socket, " + way, millis));

        assertThat(rest.values()).allSatisfy(RevocationIT::withinLimit);
        assertThat(sockets.values()).allSatisfy(RevocationIT::withinLimit);
    }

    @Test
    void takesARoleAwayOnTheOtherNodeWithinASecond() {
        List<Long> millis = new ArrayList<>();
        for (int round = 0; round < Math.max(2, ROUNDS / 5); round++) {
            Round measured = new Round(product.plainAdmin(), "/api/admin/nodes");
            measured.revoke(
                    demoted -> admin.send(
                                    "PATCH", "/api/admin/users/" + userId(demoted) + "/role", "{\"role\":\"user\"}")
                            .expect(200),
                    false);
            millis.add(measured.restMillis());
        }
        print("REST, role taken", millis);

        withinLimit(millis);
    }

    private static void withinLimit(List<Long> millis) {
        assertThat(millis).allMatch(late -> late < LIMIT.toMillis());
    }

    private static void print(String what, List<Long> millis) {
        List<Long> sorted = new ArrayList<>(millis);
        Collections.sort(sorted);
        System.out.printf(
                "RevocationIT: %s: last accepted %d ms (median), %d ms (latest) after the answer, %d rounds%n",
                what, sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1), sorted.size());
    }

    /** One member on the other node, with a client that calls and one that holds a socket, until both are out. */
    private final class Round {

        private final Api member;
        private final String path;
        private final AtomicLong restAccepted = new AtomicLong();
        private final AtomicLong socketAccepted = new AtomicLong();
        private final AtomicInteger refusals = new AtomicInteger();
        private volatile boolean over;
        private long revokedAt;

        Round(Api member, String path) {
            this.member = member;
            this.path = path;
        }

        void revoke(Revocation revocation, boolean endsSocket) {
            try (SocketClient socket = SocketClient.ready(other, member)) {
                List<CompletableFuture<Void>> running = List.of(
                        CompletableFuture.runAsync(() -> call(new Api(other).withToken(member.token())), clients),
                        CompletableFuture.runAsync(() -> talk(socket), clients));
                await().atMost(Duration.ofSeconds(20)).until(() -> restAccepted.get() > 0 && socketAccepted.get() > 0);

                revocation.revoke(member);
                revokedAt = System.nanoTime();

                refusals.set(0);
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> refusals.get() >= REFUSALS && (!endsSocket || socket.isClosed()));
                over = true;
                running.forEach(client -> client.orTimeout(20, TimeUnit.SECONDS).join());
                if (endsSocket) {
                    assertThat(socket.awaitClosed()).isEqualTo("4401 INVALID_TOKEN");
                }
            } finally {
                over = true;
            }
        }

        private void call(Api client) {
            while (!over) {
                if (client.get(path).status() == 200) {
                    restAccepted.set(System.nanoTime());
                    refusals.set(0);
                } else {
                    refusals.incrementAndGet();
                }
            }
        }

        private void talk(SocketClient socket) {
            for (int sent = 1; !over && !socket.isClosed(); sent++) {
                socket.send("{\"type\":\"ping\",\"id\":\"" + sent + "\"}");
                int expected = sent;
                await().atMost(Duration.ofSeconds(20))
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> over
                                || socket.isClosed()
                                || socket.heard("pong").size() >= expected);
                if (socket.heard("pong").size() >= expected) {
                    socketAccepted.set(System.nanoTime());
                }
            }
        }

        long restMillis() {
            return Math.max(0, (restAccepted.get() - revokedAt) / 1_000_000);
        }

        long socketMillis() {
            return Math.max(0, (socketAccepted.get() - revokedAt) / 1_000_000);
        }
    }

    private static String userId(Api member) {
        try {
            return SignedJWT.parse(member.token()).getJWTClaimsSet().getSubject();
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }
}
