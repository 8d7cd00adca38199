package io.vpnenterprise.systemtests;

import io.vpnenterprise.launcher.Database;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PasswordUtil;

/**
 * How long a member waits for a database, beside what making it costs without a product around it. Run by {@code ./mvnw -pl
 * system-tests -am -Pbench verify -Dbench=tenants}, which writes {@code target/bench/tenants.json}; never by a plain {@code
 * verify}; {@code -Dbench.rounds=3} for a small trial.
 *
 * <ul>
 *   <li>{@code shared_p50_ms}, {@code shared_p99_ms}: from the beginning of POST /api/tenants to the first SELECT that
 *       succeeds by the connection string, the job polled every {@link #POLL_MILLIS} ms; one at a time, and, with {@code _4}
 *       in the name, 4 at a time.
 *   <li>{@code shared_floor_ms}: the median of the same roles, database from the same template, grants and limits by one JDBC
 *       connection of the superuser, those inside the database by a second one, and the first SELECT as the new owner.
 *   <li>{@code step_ms}: medians of the job's steps, as the job says them, one at a time.
 * </ul>
 *
 * In turns, in one run: other work on the machine then falls on all alike.
 */
@Tag("tenants")
class TenantBench {

    private static final int POLL_MILLIS = 20;
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 10);
    private static final int WARM_UP_ROUNDS = 4;
    private static final int A_ROUND = 4;

    private Product product;
    private List<Api> owners;
    private int made;

    private final List<Double> alone = new ArrayList<>();
    private final List<Double> together = new ArrayList<>();
    private final List<Double> floors = new ArrayList<>();
    private final Map<String, List<Double>> steps = new LinkedHashMap<>();

    @Test
    void measuresProvisioning() throws Exception {
        try (Product lasting = Product.startLastingWithTenants(
                Map.of("VPN_IDENTITY_ACCESS_TOKEN_LIFE", "PT1H", "LOG_LEVEL", "info"))) {
            product = lasting;
            product.admin()
                    .send("PUT", "/api/hosting/plans/free", "{\"tenantsPerUser\":10000}")
                    .expect(200);
            owners = List.of(product.member(), product.member(), product.member(), product.member());
            for (int i = 0; i < WARM_UP_ROUNDS; i++) {
                round();
            }
            List.of(alone, together, floors).forEach(List::clear);
            steps.clear();
            for (int i = 0; i < ROUNDS; i++) {
                round();
            }
            write();
        }
    }

    private void round() throws Exception {
        for (int i = 0; i < A_ROUND; i++) {
            alone.add(provision(owners.get(0), true));
            floors.add(floor());
        }
        List<Callable<Double>> four = new ArrayList<>();
        owners.forEach(owner -> four.add(() -> provision(owner, false)));
        together.addAll(atOnce(four));
    }

    private static List<Double> atOnce(List<Callable<Double>> calls) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            List<Double> millis = new ArrayList<>();
            for (Future<Double> call : threads.invokeAll(calls)) {
                millis.add(call.get());
            }
            return millis;
        } finally {
            threads.shutdownNow();
        }
    }

    private double provision(Api owner, boolean withSteps) throws Exception {
        long began = System.nanoTime();
        TestTenant tenant = TestTenant.ask(product, owner, "Of a benchmark");
        while (!tenant.job().getString("state").equals("done")) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        try (Connection connection = tenant.connect()) {
            TestTenant.first(connection, "SELECT 1");
        }
        double millis = (System.nanoTime() - began) / 1e6;
        if (withSteps) {
            tenant.job().getJsonArray("steps").getValuesAs(JsonObject.class).forEach(step -> steps.computeIfAbsent(
                            step.getString("name"), name -> new ArrayList<>())
                    .add(step.getJsonNumber("tookMillis").doubleValue()));
        }
        return millis;
    }

    /** What the product's job does, with nothing that makes it safe. */
    private double floor() throws SQLException {
        String name = "bare_" + ++made;
        String password = "of nobody " + made;
        List<String> verifiers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            verifiers.add(PasswordUtil.encodeScramSha256(password.toCharArray()));
        }
        long began = System.nanoTime();
        try (Connection connection = product.tenants().connect();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE ROLE %1$s NOLOGIN; CREATE ROLE %1$s_objects NOLOGIN; CREATE ROLE %1$s_write NOLOGIN;
                    CREATE ROLE %1$s_read NOLOGIN; GRANT %1$s_read TO %1$s_write;
                    CREATE ROLE %1$s_owner LOGIN NOINHERIT IN ROLE %1$s, %1$s_objects PASSWORD '%2$s';
                    CREATE ROLE %1$s_writer LOGIN IN ROLE %1$s, %1$s_write PASSWORD '%3$s';
                    CREATE ROLE %1$s_reader LOGIN IN ROLE %1$s, %1$s_read PASSWORD '%4$s';
                    ALTER ROLE %1$s_owner SET role = %1$s_objects""".formatted(name, verifiers.get(0), verifiers.get(1), verifiers.get(2)));
            statement.execute(
                    "CREATE DATABASE %s OWNER vpn_tenants TEMPLATE vpn_template CONNECTION LIMIT 13".formatted(name));
            try (Connection inside = in(product.tenants(), name).connect();
                    Statement grants = inside.createStatement()) {
                grants.execute("""
                        REVOKE ALL ON DATABASE %1$s FROM PUBLIC;
                        GRANT CONNECT ON DATABASE %1$s TO %1$s_owner, %1$s_writer, %1$s_reader;
                        GRANT CREATE, TEMPORARY ON DATABASE %1$s TO %1$s_objects;
                        ALTER SCHEMA public OWNER TO %1$s_objects; GRANT USAGE ON SCHEMA public TO %1$s_read;
                        ALTER DEFAULT PRIVILEGES FOR ROLE %1$s_objects GRANT USAGE ON SCHEMAS TO %1$s_read;
                        ALTER DEFAULT PRIVILEGES FOR ROLE %1$s_objects GRANT SELECT ON TABLES TO %1$s_read;
                        ALTER DEFAULT PRIVILEGES FOR ROLE %1$s_objects GRANT SELECT ON SEQUENCES TO %1$s_read;
                        ALTER DEFAULT PRIVILEGES FOR ROLE %1$s_objects
                            GRANT INSERT, UPDATE, DELETE, TRUNCATE ON TABLES TO %1$s_write;
                        ALTER DEFAULT PRIVILEGES FOR ROLE %1$s_objects GRANT USAGE, UPDATE ON SEQUENCES TO %1$s_write""".formatted(name));
            }
            for (String login : List.of("owner", "writer", "reader")) {
                statement.execute("""
                        ALTER ROLE %1$s CONNECTION LIMIT 10; ALTER ROLE %1$s SET temp_file_limit = '102400kB';
                        ALTER ROLE %1$s SET statement_timeout = '30s';
                        ALTER ROLE %1$s SET idle_in_transaction_session_timeout = '60s'""".formatted(name + "_" + login));
            }
        }
        URI cluster = URI.create("postgresql://" + name + "_owner:" + password.replace(" ", "%20") + "@"
                + product.tenants().host() + ":" + product.tenants().port() + "/" + name + "?sslmode=require");
        try (Connection owner = TestTenant.connect(cluster)) {
            TestTenant.first(owner, "SELECT 1");
        }
        return (System.nanoTime() - began) / 1e6;
    }

    private static Database in(Database server, String name) {
        return new Database(server.host(), server.port(), name, server.user(), server.password());
    }

    private void write() throws IOException, SQLException {
        List.of(alone, together, floors).forEach(Collections::sort);
        double p50 = Load.percentile(alone, 0.50);
        double floor = Load.percentile(floors, 0.50);
        JsonObjectBuilder medians = Json.createObjectBuilder();
        steps.forEach((step, millis) -> medians.add(step, BenchReport.rounded(Load.median(millis))));
        BenchReport.write(
                "tenants",
                Json.createObjectBuilder()
                        .add("shared_p50_ms", BenchReport.rounded(p50))
                        .add("shared_p99_ms", BenchReport.rounded(Load.percentile(alone, 0.99)))
                        .add("shared_p50_ms_4", BenchReport.rounded(Load.percentile(together, 0.50)))
                        .add("shared_p99_ms_4", BenchReport.rounded(Load.percentile(together, 0.99)))
                        .add("shared_floor_ms", BenchReport.rounded(floor))
                        .add("shared_floor_p99_ms", BenchReport.rounded(Load.percentile(floors, 0.99)))
                        .add("goal", "shared_p50_ms <= 1.5 * shared_floor_ms + 100")
                        .add("goal_ms", BenchReport.rounded(1.5 * floor + 100))
                        .add("step_ms", medians)
                        .add("polled_every_ms", POLL_MILLIS)
                        .add("measured", alone.size()));
    }
}
