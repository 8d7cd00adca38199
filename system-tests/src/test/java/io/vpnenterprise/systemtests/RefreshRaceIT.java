package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Refresh tokens among tabs, lost replies, thieves and a node that dies between commit and reply, over HTTP on two nodes
 * and with the clock left alone: no honest member is signed out, every replay is caught, and its session is dead
 * everywhere within a second. What is honest and what a replay, {@link RefreshOracle} decides.
 *
 * <p>{@code -Drefresh.interleavings=2000} runs more of them, {@code -Drefresh.seed=S} repeats a run's choices.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefreshRaceIT {

    private static final Duration GRACE = TwoNodes.REFRESH_GRACE;
    private static final Duration DEAD_WITHIN = Duration.ofSeconds(1);

    /** More at once would only make each slower than the grace. */
    private static final int AT_ONCE = 200;

    /** Members whose refresh is committed and not yet answered when the node dies. */
    private static final int CUT_OFF = 20;

    /** Then the machine is too slow for this test. */
    private static final int MOST_REPEATS = 5;

    private final int interleavings = Integer.getInteger("refresh.interleavings", 200);
    private final long seed = Long.getLong("refresh.seed", System.nanoTime());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Semaphore signUps = new Semaphore(4);
    private final Figures figures = new Figures();
    private TwoNodes nodes;
    private Product product;

    /** What the run came to. */
    private static final class Figures {
        private final AtomicInteger refreshes = new AtomicInteger();
        private final AtomicInteger lostReplies = new AtomicInteger();
        private final AtomicInteger cutOff = new AtomicInteger();
        private final AtomicInteger honest = new AtomicInteger();
        private final AtomicInteger replays = new AtomicInteger();
        private final AtomicInteger repeated = new AtomicInteger();
        private final AtomicLong slowestDeath = new AtomicLong();

        @Override
        public String toString() {
            return refreshes + " refreshes, " + lostReplies + " replies lost, " + cutOff
                    + " more by SIGKILL behind the commit; " + honest + " honest members, none signed out; " + replays
                    + " thieves, all caught, sessions dead after " + slowestDeath.get() / 1_000_000 + " ms at most; "
                    + repeated + " repeated, since the machine was slow";
        }
    }

    /** The machine took so long that nobody can say on which side of the grace a request lay. */
    private static final class TooSlow extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @BeforeAll
    void start() {
        nodes = TwoNodes.shared();
        product = nodes.product;
    }

    @AfterAll
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void signsNoHonestMemberOutAndCatchesEveryThief() throws Exception {
        System.out.println("RefreshRaceIT: -Drefresh.interleavings=" + interleavings + " -Drefresh.seed=" + seed);
        for (int from = 0; from < interleavings; from += AT_ONCE) {
            nodes.startSecond();
            List<Future<?>> running = new ArrayList<>();
            for (int number = from; number < Math.min(from + AT_ONCE, interleavings); number++) {
                long own = seed + number;
                running.add(threads.submit(() -> run(own)));
            }
            killBetweenCommitAndReply(new Random(seed + from));
            for (Future<?> interleaving : running) {
                join(interleaving);
            }
        }
        System.out.println("RefreshRaceIT: " + figures);
        assertThat(figures.honest.get() + figures.replays.get()).isEqualTo(interleavings);
        assertThat(figures.honest.get()).isPositive();
        assertThat(figures.replays.get()).isPositive();
    }

    private static void join(Future<?> interleaving) throws Exception {
        try {
            interleaving.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    private Void run(long own) {
        for (int attempt = 0; attempt < MOST_REPEATS; attempt++) {
            try {
                new Interleaving(own).run();
                return null;
            } catch (TooSlow e) {
                figures.repeated.incrementAndGet();
            } catch (AssertionError e) {
                throw new AssertionError("interleaving with -Drefresh.interleavings=1 -Drefresh.seed=" + own, e);
            }
        }
        throw new AssertionError("slower than the grace " + MOST_REPEATS + " times");
    }

    /** A few at a time: hashing passwords is not what this test is about, and more would be refused. */
    private Api signUp() {
        signUps.acquireUninterruptibly();
        try {
            return product.anonymous().signUp(Api.newEmail(), Product.MEMBER_PASSWORD);
        } finally {
            signUps.release();
        }
    }

    /** One member, his tabs and perhaps a thief. */
    private final class Interleaving {

        private final Random random;
        private final RefreshOracle oracle = new RefreshOracle(GRACE);
        private final List<String> accessTokens = new ArrayList<>();
        private final Map<String, Boolean> refreshTokens = new HashMap<>();

        /** What all tabs of the owner share: the token that came last. */
        private String store;

        private Interleaving(long seed) {
            this.random = new Random(seed);
        }

        void run() {
            Api owner = signUp();
            store = owner.refreshToken();
            accessTokens.add(owner.token());
            int steps = 2 + random.nextInt(4);
            for (int step = 0; step < steps; step++) {
                honestStep();
            }
            if (random.nextBoolean()) {
                theft();
                figures.replays.incrementAndGet();
            } else {
                assertAlive();
                figures.honest.incrementAndGet();
            }
        }

        private void honestStep() {
            switch (random.nextInt(6)) {
                case 0 -> store = refresh(store);
                case 1 -> store = refreshInTabs(2 + random.nextInt(3));
                case 2 -> loseReplies(1 + random.nextInt(2));
                case 3 -> {
                    loseReplies(1);
                    elapse();
                    store = refresh(store);
                }
                case 4 -> slowTab();
                default -> {
                    elapse();
                    store = refresh(store);
                }
            }
        }

        /** All tabs at once, each at a node of its own choice, all must get the same. */
        private String refreshInTabs(int tabs) {
            String presented = store;
            List<Callable<String>> requests = new ArrayList<>();
            for (int i = 0; i < tabs; i++) {
                URI node = anyNode();
                long pause = random.nextInt(20_000_000);
                requests.add(() -> {
                    LockSupport.parkNanos(pause);
                    return refresh(presented, node);
                });
            }
            long sentAt = System.nanoTime();
            List<String> got = all(requests);
            if (System.nanoTime() - sentAt > GRACE.toNanos()) {
                throw new TooSlow();
            }
            assertThat(got).as("successors in %s tabs", tabs).containsOnly(got.get(0));
            return got.get(0);
        }

        private void loseReplies(int times) {
            for (int i = 0; i < times; i++) {
                oracle.lost(store, System.nanoTime());
                if (sendOnly(anyNode(), store)) {
                    figures.lostReplies.incrementAndGet();
                }
            }
            if (random.nextBoolean()) {
                store = refresh(store);
            }
        }

        /** One tab has taken the token when the others go on, and its reply comes last. */
        private void slowTab() {
            String taken = store;
            store = refresh(store);
            store = refresh(store);
            store = refresh(taken);
            store = refresh(store);
        }

        private void theft() {
            String stolen = store;
            switch (random.nextInt(4)) {
                case 0 -> {
                    // After its owner, who went on.
                    store = refresh(stolen);
                    store = refresh(store);
                    elapse();
                    assertCaught(stolen);
                }
                case 1 -> {
                    // Before its owner, and stays where he is.
                    String ofThief = refresh(stolen);
                    elapse();
                    store = refresh(stolen);
                    assertCaught(ofThief);
                }
                case 2 -> {
                    // Before its owner, and goes on.
                    refresh(refresh(stolen));
                    elapse();
                    assertCaught(stolen);
                }
                default -> {
                    // Within the grace of its owner, at the same moment; then both go on.
                    String common = refreshInTabs(2);
                    String ofFirst = refresh(common);
                    if (random.nextBoolean()) {
                        refresh(ofFirst);
                        elapse();
                        assertCaught(common);
                    } else {
                        elapse();
                        refresh(common);
                        assertCaught(ofFirst);
                    }
                }
            }
        }

        /** What is honest must succeed; a node that dies meanwhile is a lost reply, and the client tries the other. */
        private String refresh(String presented) {
            return refresh(presented, anyNode());
        }

        private String refresh(String presented, URI node) {
            long sentAt = System.nanoTime();
            Api.Answer answer = present(presented, node);
            long readAt = System.nanoTime();
            RefreshOracle.Verdict verdict = oracle.verdict(presented, sentAt, readAt);
            if (verdict == RefreshOracle.Verdict.OPEN) {
                throw new TooSlow();
            }
            if (verdict == RefreshOracle.Verdict.REPLAY) {
                // No script means that here: its own requests came too late.
                answer.expect(401);
                throw new TooSlow();
            }
            JsonObject data = answer.expect(200).data();
            String successor = data.getString("refreshToken");
            oracle.answered(presented, successor, sentAt, readAt);
            synchronized (accessTokens) {
                accessTokens.add(data.getString("accessToken"));
                refreshTokens.put(presented, true);
                refreshTokens.put(successor, true);
            }
            return successor;
        }

        private Api.Answer present(String presented, URI node) {
            figures.refreshes.incrementAndGet();
            String body = "{\"refreshToken\":\"" + presented + "\"}";
            try {
                return new Api(node).post("/api/auth/refresh", body);
            } catch (UncheckedIOException e) {
                figures.lostReplies.incrementAndGet();
                oracle.lost(presented, System.nanoTime());
                return new Api(product.url()).post("/api/auth/refresh", body);
            }
        }

        private void assertAlive() {
            store = refresh(store);
            Api last = new Api(product.url()).withToken(accessTokens.get(accessTokens.size() - 1));
            last.get("/api/auth/me").expect(200);
        }

        /** Both nodes have just let the session in; after the answer to the replay none does for longer than a second. */
        private void assertCaught(String replayed) {
            List<Api> everywhere = new ArrayList<>();
            for (URI node : nodes.urls()) {
                Api api = new Api(node).withToken(accessTokens.get(accessTokens.size() - 1));
                if (meStatus(api) == 200) {
                    everywhere.add(api);
                }
            }
            assertThat(everywhere).isNotEmpty();

            long sentAt = System.nanoTime();
            Api.Answer answer = present(replayed, anyNode());
            long caughtAt = System.nanoTime();
            RefreshOracle.Verdict verdict = oracle.verdict(replayed, sentAt, caughtAt);
            if (verdict == RefreshOracle.Verdict.OPEN) {
                throw new TooSlow();
            }
            assertThat(verdict).as("what this script does here").isEqualTo(RefreshOracle.Verdict.REPLAY);
            assertThat(answer.expect(401).code()).isEqualTo("REFRESH_TOKEN_INVALID");

            long lastAccepted = caughtAt;
            for (Api api : everywhere) {
                long askedAt = System.nanoTime();
                while (meStatus(api) == 200) {
                    lastAccepted = Math.max(lastAccepted, askedAt);
                    LockSupport.parkNanos(20_000_000);
                    askedAt = System.nanoTime();
                }
            }
            assertThat(lastAccepted - caughtAt).as("dead within").isLessThan(DEAD_WITHIN.toNanos());
            figures.slowestDeath.accumulateAndGet(lastAccepted - caughtAt, Math::max);
            for (String token : refreshTokens.keySet()) {
                present(token, product.url()).expect(401);
            }
        }

        /** 401 for a node that died meanwhile: it lets nobody in. */
        private int meStatus(Api api) {
            try {
                return api.get("/api/auth/me").status();
            } catch (UncheckedIOException e) {
                return 401;
            }
        }

        private URI anyNode() {
            List<URI> alive = nodes.urls();
            return alive.get(random.nextInt(alive.size()));
        }
    }

    /** Longer than the grace: this test is about time that really passes. */
    private static void elapse() {
        long until = System.nanoTime() + GRACE.toNanos() + 200_000_000;
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** A client that goes away without reading; false when the node is not there either. */
    private static boolean sendOnly(URI node, String presented) {
        byte[] body = ("{\"refreshToken\":\"" + presented + "\"}").getBytes(StandardCharsets.UTF_8);
        String head = "POST /api/auth/refresh HTTP/1.1\r\nHost: " + node.getAuthority()
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n";
        try (Socket socket = new Socket(node.getHost(), node.getPort());
                OutputStream out = socket.getOutputStream()) {
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            out.flush();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private <T> List<T> all(List<Callable<T>> requests) {
        List<T> results = new ArrayList<>();
        try {
            for (Future<T> result : threads.invokeAll(requests)) {
                results.add(result.get());
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TooSlow tooSlow) {
                throw tooSlow;
            }
            throw new AssertionError("a request at once with others", e.getCause());
        }
    }

    /** The second node dies when it has committed and said nothing; half of its members ask again, half sleep first. */
    private void killBetweenCommitAndReply(Random random) {
        List<Api> members = all(Collections.nCopies(CUT_OFF, this::signUp));
        List<String> ids = members.stream().map(Api::sessionId).toList();
        URI dying = nodes.urls().get(1);
        List<Future<Boolean>> cutOff = new ArrayList<>();
        try (CommitHold hold =
                new CommitHold(product.superuser(), product.database().name(), ids)) {
            for (Api member : members) {
                cutOff.add(threads.submit(() -> isCutOff(dying, member.refreshToken())));
            }
            await("all commits").atMost(Duration.ofSeconds(20)).until(() -> hold.held() == CUT_OFF);
            nodes.killSecond();
        }
        List<Callable<Boolean>> results = new ArrayList<>();
        cutOff.forEach(request -> results.add(request::get));
        assertThat(all(results)).as("no reply").containsOnly(true);
        await("the commits of the dead node").atMost(Duration.ofSeconds(10)).until(() -> committed(ids) == CUT_OFF);
        figures.cutOff.addAndGet(CUT_OFF);

        List<Callable<Integer>> again = new ArrayList<>();
        for (Api member : members) {
            boolean sleeps = random.nextBoolean();
            again.add(() -> {
                if (sleeps) {
                    elapse();
                }
                String next = successor(successor(member.refreshToken()));
                successor(next);
                return member.get("/api/auth/me").expect(200).status();
            });
        }
        all(again);
    }

    private static boolean isCutOff(URI node, String token) {
        try {
            new Api(node).post("/api/auth/refresh", "{\"refreshToken\":\"" + token + "\"}");
            return false;
        } catch (UncheckedIOException e) {
            return true;
        }
    }

    private String successor(String token) {
        figures.refreshes.incrementAndGet();
        return new Api(product.url())
                .post("/api/auth/refresh", "{\"refreshToken\":\"" + token + "\"}")
                .expect(200)
                .data()
                .getString("refreshToken");
    }

    private int committed(List<String> sessionIds) throws SQLException {
        try (Connection connection = product.database().connect();
                PreparedStatement select = connection.prepareStatement("SELECT count(DISTINCT session_id)"
                        + " FROM refresh_tokens WHERE session_id = ANY (?) AND parent_hash IS NOT NULL")) {
            select.setArray(1, connection.createArrayOf("uuid", sessionIds.toArray()));
            ResultSet row = select.executeQuery();
            row.next();
            return row.getInt(1);
        }
    }

    @Test
    void endsTheSessionUnusedForLongestWhenThereAreTooMany() {
        String email = Api.newEmail();
        Api first = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);

        List<Api> others =
                all(Collections.nCopies(8, () -> new Api(anyOf(nodes.urls())).signIn(email, Product.MEMBER_PASSWORD)));

        await().atMost(Duration.ofSeconds(10)).until(() -> alive(others) == TwoNodes.SESSIONS_PER_USER);
        first.get("/api/auth/me").expect(401);
    }

    private static long alive(List<Api> sessions) {
        return sessions.stream()
                .filter(session -> session.get("/api/auth/me").status() == 200)
                .count();
    }

    private static URI anyOf(List<URI> urls) {
        return urls.get(ThreadLocalRandom.current().nextInt(urls.size()));
    }
}
