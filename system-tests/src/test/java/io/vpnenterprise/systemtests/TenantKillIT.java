package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vpnenterprise.systemtests.TenantHold.Where;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * SIGKILL to the application server and to the tenants' PostgreSQL while jobs of tenants run: several at once, each at a
 * point of its own that is reached before anything dies. Afterwards each tenant is wholly there or wholly gone, and its owner
 * has heard of it once.
 *
 * <p>{@code -Dchaos.seed=S} repeats a run's choices.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenantKillIT {

    private static final int POINTS_OF_A_JOB = 3;

    /** As many as the servers' threads for batches run at once. */
    private static final int LANES = 6;

    private static final Duration REACHED_WITHIN = Duration.ofSeconds(30);
    private static final Duration RECOVERY = Duration.ofSeconds(90);

    private enum Victim {
        APPLICATION_SERVER,
        CLUSTER
    }

    /** A job, what a tenant is before it, and what its owner hears afterwards. */
    private enum Job {
        PROVISION(
                "database.created",
                "create-roles",
                "create-database",
                "isolate",
                "apply-limits",
                "prove-logins",
                "mark-ready"),
        SCALE("database.updated", "apply-limits", "mark-scaled"),
        ROTATE("database.updated", "set-passwords", "prove-logins", "mark-rotated"),
        SUSPEND("database.updated", "close-database", "mark-suspended"),
        RESUME("database.updated", "reopen-database", "mark-resumed"),
        RETIRE("database.deleted", "close-database", "mark-retired"),
        RECOVER("database.updated", "reopen-database", "mark-recovered"),
        PURGE("", "remove-database", "mark-gone");

        private final String event;
        private final List<String> steps;

        /** @param event of webhooks; empty: none is sent */
        Job(String event, String... steps) {
            this.event = event;
            this.steps = List.of(steps);
        }
    }

    private record Point(Job job, String step, Where where) {
        @Override
        public String toString() {
            return job + "/" + step + "/" + where;
        }
    }

    private final long seed = Long.getLong("chaos.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Cleanup made = new Cleanup();
    private final Map<Victim, Set<String>> reached = new TreeMap<>();
    private final Set<String> knownStrays = new TreeSet<>();
    private Product product;
    private Api admin;
    private TestTenant neighbour;

    @BeforeAll
    void start() throws SQLException {
        product = made.add(Product.startWithTenants(Map.of(
                "VPN_JOBS_NODE_DEAD_AFTER",
                "PT3S",
                "VPN_JOBS_AT_ONCE",
                Integer.toString(LANES + 2),
                "VPN_IDENTITY_ACCESS_TOKEN_LIFE",
                "PT1H")));
        TenantHold.prepare(product.database());
        admin = product.admin();
        neighbour = TestTenant.create(product, product.member(), "Neighbour");
    }

    @AfterAll
    void removeAllThatWasMade() {
        made.close();
    }

    @Test
    void leavesEachTenantWhollyThereOrWhollyGone() throws SQLException {
        List<Point> points = new ArrayList<>();
        for (Job job : Job.values()) {
            List<Point> all = pointsOf(job);
            Collections.shuffle(all, random);
            points.addAll(all.subList(0, POINTS_OF_A_JOB));
        }
        Collections.shuffle(points, random);
        int half = points.size() / 2;
        goThrough(Victim.APPLICATION_SERVER, points.subList(0, half));
        goThrough(Victim.CLUSTER, points.subList(half, points.size()));
        report();
    }

    @Test
    @Tag("chaos")
    void leavesEachTenantWhollyThereOrWhollyGoneAtEveryPoint() throws SQLException {
        for (Victim victim : Victim.values()) {
            List<Point> points = new ArrayList<>();
            for (Job job : Job.values()) {
                points.addAll(pointsOf(job));
            }
            Collections.shuffle(points, random);
            goThrough(victim, points);
        }
        report();
    }

    /** What PostgreSQL leaves then no SQL removes: it is counted, and the tenant is whole all the same. */
    @Test
    void countsTheFilesOfADatabaseWhoseCopyWasKilled() throws SQLException {
        Set<String> before = directories();
        TestTenant tenant = TestTenant.ask(product, product.member(), "Copied");
        await("the copy begins")
                .atMost(REACHED_WITHIN)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> !before.containsAll(directories()));
        product.killTenants();
        product.startTenants();

        tenant.awaitJob(tenant.created().getString("jobId"));
        try (Connection owner = tenant.connect()) {
            assertThat(TestTenant.first(owner, "SELECT 1")).isEqualTo("1");
        }
        knownStrays.addAll(strayFiles());
        System.out.println("TenantKillIT: stray directories " + knownStrays);
        await().atMost(RECOVERY).untilAsserted(() -> assertThat(
                        admin.get("/metrics").expect(200).text())
                .contains("vpn_tenants_stray_directories{cluster=\"shared\"} " + knownStrays.size() + ".0"));
    }

    private Set<String> directories() {
        return Set.of(product.tenantsFiles().resolve("base").toFile().list());
    }

    private static List<Point> pointsOf(Job job) {
        List<Point> points = new ArrayList<>();
        for (String step : job.steps) {
            for (Where where : Where.values()) {
                if (TenantHold.isPossible(step, where)) {
                    points.add(new Point(job, step, where));
                }
            }
        }
        return points;
    }

    private void report() {
        reached.forEach((victim, points) ->
                System.out.println("TenantKillIT: " + points.size() + " points of " + victim + " " + points));
    }

    private void goThrough(Victim victim, List<Point> points) throws SQLException {
        for (int i = 0; i < points.size(); i += LANES) {
            kill(victim, points.subList(i, Math.min(points.size(), i + LANES)));
        }
    }

    private void kill(Victim victim, List<Point> points) throws SQLException {
        String what = victim + " at " + points + " with -Dchaos.seed=" + seed;
        System.out.println("TenantKillIT: " + what);
        List<Lane> lanes = new ArrayList<>();
        for (Point point : points) {
            lanes.add(new Lane(point));
        }
        // Last those whose lock is in the way of others.
        lanes.sort((one, other) -> Boolean.compare(one.isInTheWay(), other.isInTheWay()));
        for (Lane lane : lanes) {
            lane.arm();
            await(what + ": " + lane.point)
                    .atMost(REACHED_WITHIN)
                    .pollInterval(Duration.ofMillis(20))
                    .until(lane::isReached);
        }
        lanes.forEach(
                lane -> reached.computeIfAbsent(victim, key -> new TreeSet<>()).add(lane.point.toString()));

        if (victim == Victim.APPLICATION_SERVER) {
            product.kill();
            // What waited in the cluster for a lock must not go on when it is free: whose job it was is dead.
            await(what + ": dead sessions").atMost(REACHED_WITHIN).until(() -> lanes.stream()
                    .noneMatch(Lane::isReachedInCluster));
            lanes.forEach(Lane::release);
            product.startServer();
        } else {
            product.killTenants();
            boolean early = random.nextBoolean();
            if (early) {
                lanes.forEach(Lane::release);
            }
            product.startTenants();
            if (!early) {
                lanes.forEach(Lane::release);
            }
        }
        for (Lane lane : lanes) {
            lane.assertWhole(what);
        }
        assertThat(strayNames()).as(what).isEmpty();
        assertThat(knownStrays).as(what).containsAll(strayFiles());
        for (Lane lane : lanes) {
            lane.assertHeardOnce(what);
        }
    }

    /** Roles and databases in the cluster of no tenant that is there. */
    private Set<String> strayNames() throws SQLException {
        Set<String> names = new TreeSet<>(strings(product.tenants().connect(), """
                SELECT left(rolname, 18) FROM pg_roles WHERE rolname LIKE 't\\_%'
                UNION SELECT datname FROM pg_database WHERE datname LIKE 't\\_%'"""));
        names.removeAll(
                strings(product.database().connect(), "SELECT database_name FROM tenants WHERE state <> 'GONE'"));
        return names;
    }

    /** Directories of databases that the cluster does not have. */
    private Set<String> strayFiles() throws SQLException {
        return new TreeSet<>(strings(product.tenants().connect(), """
                SELECT name FROM pg_ls_dir('base') AS name
                WHERE name ~ '^[0-9]+$' AND name::oid NOT IN (SELECT oid FROM pg_database)"""));
    }

    private static List<String> strings(Connection opened, String sql) throws SQLException {
        try (Connection connection = opened;
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> strings = new ArrayList<>();
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
            return strings;
        }
    }

    /** A tenant whose job dies at a point. */
    private final class Lane {

        private final Point point;
        private final Api owner = product.member();
        private final WebhookReceiver receiver = made.add(WebhookReceiver.taking());
        private TestTenant tenant;
        private TenantHold hold;
        private JsonObject asked;
        private Map<String, Integer> mailsBefore;

        Lane(Point point) throws SQLException {
            this.point = point;
            if (point.job != Job.PROVISION) {
                tenant = TestTenant.create(product, owner, "Of a kill test");
            }
            switch (point.job) {
                case RESUME -> tenant.ask("suspend");
                case RECOVER, PURGE -> {
                    tenant.destroy();
                    await("destroyed").atMost(RECOVERY).until(() -> state().equals("retired"));
                }
                default -> {
                    // As it was made.
                }
            }
            // What it took to get here is told by then.
            awaitOutbox();
            mailsBefore = mails();
            if (!point.job.event.isEmpty()) {
                JsonArrayBuilder events =
                        Json.createArrayBuilder().add(point.job.event).add("database.job_failed");
                owner.post(
                                "/api/webhooks",
                                Json.createObjectBuilder()
                                        .add("url", receiver.url())
                                        .add("events", events)
                                        .build())
                        .expect(201);
            }
        }

        boolean isInTheWay() {
            return point.where == Where.INSIDE && point.step.equals("create-database");
        }

        void arm() {
            if (point.job == Job.PROVISION) {
                // Inside of what works on the database, there must be one to be held.
                boolean databaseFirst = point.where == Where.INSIDE
                        && List.of("isolate", "apply-limits").contains(point.step);
                try (TenantHold first = TenantHold.beforeAny(product, databaseFirst ? point.step : "create-roles")) {
                    tenant = TestTenant.ask(product, owner, "Of a kill test");
                    await("asked for").atMost(REACHED_WITHIN).until(first::isReached);
                    hold = TenantHold.at(product, tenant, point.step, point.where);
                }
                asked = tenant.created();
                return;
            }
            hold = TenantHold.at(product, tenant, point.step, point.where);
            asked = switch (point.job) {
                case SCALE -> post("/scale", "{\"plan\":\"pro\"}");
                case ROTATE -> post("/rotate-credentials", "{}");
                case SUSPEND -> post("/suspend", "");
                case RESUME -> post("/resume", "");
                case RETIRE -> post("/destroy", "{\"name\":\"Of a kill test\"}");
                case RECOVER ->
                    admin.post("/api/admin/tenants/" + tenant.id() + "/recover", "")
                            .expect(202)
                            .data();
                default -> {
                    execute("UPDATE tenants SET purge_at = now() WHERE id = '" + tenant.id() + "'");
                    yield null;
                }
            };
        }

        private JsonObject post(String what, String body) {
            return owner.post(tenant.path() + what, body).expect(202).data();
        }

        boolean isReached() {
            return hold.isReached();
        }

        boolean isReachedInCluster() {
            return point.where == Where.INSIDE && !point.step.startsWith("mark-") && hold.isReached();
        }

        void release() {
            hold.close();
        }

        private String state() {
            return tenant.view().getString("state");
        }

        void assertWhole(String what) throws SQLException {
            String mine = what + ": " + point;
            if (point.job == Job.PURGE) {
                await(mine)
                        .atMost(RECOVERY)
                        .until(() -> owner.get(tenant.path()).status() == 404);
                assertThat(tenant.leftovers()).as(mine).isEmpty();
                return;
            }
            String job = tenant.path() + "/jobs/" + asked.getString("jobId");
            await(mine).atMost(RECOVERY).untilAsserted(() -> assertThat(
                            owner.get(job).expect(200).data().getString("state"))
                    .isEqualTo("done"));
            switch (point.job) {
                case SUSPEND, RETIRE ->
                    assertThatThrownBy(tenant::connect).as(mine).hasMessageContaining("not permitted to log in");
                case ROTATE -> {
                    assertThatThrownBy(tenant::connect).as(mine).hasMessageContaining("password authentication failed");
                    JsonObject strings = asked.getJsonObject("connectionStrings");
                    for (String login : strings.keySet()) {
                        assertWorks(mine, URI.create(strings.getString(login)), login);
                    }
                }
                default -> assertWorks(mine, URI.create(tenant.created().getString("connectionString")), "owner");
            }
            assertThat(state())
                    .as(mine)
                    .isEqualTo(
                            switch (point.job) {
                                case SUSPEND -> "suspended";
                                case RETIRE -> "retired";
                                default -> "active";
                            });
        }

        /** With its plan's limits, and into no other tenant's database. */
        private void assertWorks(String mine, URI string, String login) throws SQLException {
            try (Connection connection = TestTenant.connect(string)) {
                if (login.equals("owner")) {
                    TestTenant.run(connection, "CREATE TABLE after_kill AS SELECT 1 AS one");
                }
                assertThat(TestTenant.first(connection, "SHOW statement_timeout"))
                        .as(mine)
                        .isEqualTo(point.job == Job.SCALE ? "5min" : "30s");
            }
            URI elsewhere = URI.create(
                    string.toString().replace("/" + tenant.databaseName() + "?", "/" + neighbour.databaseName() + "?"));
            assertThat(elsewhere).isNotEqualTo(string);
            assertThatThrownBy(() -> TestTenant.connect(elsewhere).close())
                    .as(mine)
                    .isInstanceOf(SQLException.class);
        }

        /** One event, delivered as one effect; and one mail, which is the same event. */
        void assertHeardOnce(String what) throws SQLException {
            if (point.job.event.isEmpty()) {
                return;
            }
            String mine = what + ": " + point;
            await(mine).atMost(RECOVERY).until(() -> !receiver.effects.isEmpty());
            awaitOutbox();
            assertThat(receiver.effects).as(mine).hasSize(1);
            assertThat(receiver.calls)
                    .extracting(call -> call.getString("type"))
                    .as(mine)
                    .containsOnly(point.job.event);
            Map<String, Integer> now = mails();
            mailsBefore.forEach(
                    (event, count) -> assertThat(now.remove(event)).as(mine).isEqualTo(count));
            assertThat(now.values()).as(mine + " mails " + now).containsExactly(1);
        }

        /** How many there are of each event of a tenant. */
        private Map<String, Integer> mails() throws SQLException {
            Map<String, Integer> mails = new HashMap<>();
            strings(
                            product.database().connect(),
                            "SELECT event_id FROM deliveries WHERE channel = 'MAIL'"
                                    + " AND type LIKE 'tenant.%' AND user_id = '"
                                    + owner.get("/api/auth/me")
                                            .expect(200)
                                            .data()
                                            .getString("id") + "'")
                    .forEach(event -> mails.merge(event, 1, Integer::sum));
            return mails;
        }
    }

    private void awaitOutbox() {
        await("the outbox is empty").atMost(RECOVERY).until(() -> strings(
                        product.database().connect(), "SELECT 1 FROM outbox WHERE delivered_at IS NULL LIMIT 1")
                .isEmpty());
    }

    private void execute(String sql) {
        try (Connection connection = product.database().connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
