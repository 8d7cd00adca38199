package io.vpnenterprise.systemtests;

import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * A tenant that a test asked for, ready, with its owner's calls and connection string.
 *
 * @param created the answer to its creation
 */
record TestTenant(Product product, Api owner, JsonObject created) {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Asks for a free one and waits until it is ready. */
    static TestTenant create(Product product, Api owner, String name) {
        TestTenant tenant = ask(product, owner, name);
        tenant.awaitJob(tenant.created().getString("jobId"));
        return tenant;
    }

    /** Asks for one of this plan and waits until it is ready. */
    static TestTenant create(Product product, Api owner, String name, String plan) {
        TestTenant tenant = ask(product, owner, name, plan);
        tenant.awaitJob(tenant.created().getString("jobId"));
        return tenant;
    }

    static TestTenant ask(Product product, Api owner, String name) {
        return ask(product, owner, name, "free");
    }

    private static TestTenant ask(Product product, Api owner, String name, String plan) {
        return new TestTenant(
                product,
                owner,
                owner.post(
                                "/api/tenants",
                                Json.createObjectBuilder()
                                        .add("name", name)
                                        .add("plan", plan)
                                        .build())
                        .expect(202)
                        .data());
    }

    String id() {
        return created.getJsonObject("tenant").getString("id");
    }

    String databaseName() {
        return created.getJsonObject("tenant").getString("databaseName");
    }

    String path() {
        return "/api/tenants/" + id();
    }

    JsonObject view() {
        return owner.get(path()).expect(200).data();
    }

    /** Its provisioning. */
    JsonObject job() {
        return job(created.getString("jobId"));
    }

    private JsonObject job(String jobId) {
        return owner.get(path() + "/jobs/" + jobId).expect(200).data();
    }

    void awaitJob(String jobId) {
        JsonObject ended = await("job " + jobId)
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> job(jobId), job -> List.of("done", "failed").contains(job.getString("state")));
        if (ended.getString("state").equals("failed")) {
            throw new AssertionError("the job failed: " + ended);
        }
    }

    /** Asks for a job by the last part of its address and waits for it. */
    void ask(String what) {
        awaitJob(owner.post(path() + "/" + what, "").expect(202).data().getString("jobId"));
    }

    /** Asks for another plan and waits for it. */
    void scale(String plan) {
        awaitJob(owner.post(
                        path() + "/scale",
                        Json.createObjectBuilder().add("plan", plan).build())
                .expect(202)
                .data()
                .getString("jobId"));
    }

    void destroy() {
        owner.post(
                        path() + "/destroy",
                        Json.createObjectBuilder()
                                .add("name", view().getString("name"))
                                .build())
                .expect(202);
    }

    void awaitGone() {
        await("gone").atMost(LIMIT).until(() -> owner.get(path()).status() == 404);
    }

    /** Roles and databases of it that the server has. */
    List<String> leftovers() throws SQLException {
        try (Connection connection = product.tenants().connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT rolname FROM pg_roles WHERE rolname LIKE '%1$s%%' UNION ALL SELECT datname FROM pg_database WHERE datname LIKE '%1$s%%'"
                                .formatted(databaseName()))) {
            List<String> names = new ArrayList<>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            return names;
        }
    }

    /** A new member of it, as the database has him. */
    Api join(String role) throws SQLException {
        Api member = product.member();
        try (Connection platform = product.database().connect();
                PreparedStatement insert = platform.prepareStatement(
                        "INSERT INTO tenant_members (tenant_id, user_id, role, joined_at) VALUES (?::uuid, ?::uuid, ?, now())")) {
            insert.setString(1, id());
            insert.setString(2, member.get("/api/auth/me").expect(200).data().getString("id"));
            insert.setString(3, role);
            insert.executeUpdate();
        }
        return member;
    }

    /** As the owner's login, with the connection string that he was shown. */
    Connection connect() throws SQLException {
        return connect(URI.create(created.getString("connectionString")));
    }

    /** As a login whose password nobody was shown: {@code owner}, {@code writer} or {@code reader}. */
    Connection connectAs(String login) throws SQLException {
        String role = databaseName() + "_" + login;
        String password = "of-" + role;
        try (Connection superuser = product.tenants().connect()) {
            run(superuser, "ALTER ROLE " + role + " PASSWORD '" + password + "'");
        }
        return connect(URI.create(
                created.getString("connectionString").replaceFirst("//[^@]*@", "//" + role + ":" + password + "@")));
    }

    /** In its database, as the cluster's superuser. */
    Connection inspect() throws SQLException {
        return connect(
                URI.create(product.tenants().url().replaceFirst("/[^/]*$", "/" + databaseName()) + "?sslmode=require"));
    }

    /** As a program that has this connection string. */
    static Connection connect(URI uri) throws SQLException {
        String[] credentials = uri.getRawUserInfo().split(":");
        Properties properties = new Properties();
        properties.setProperty("user", URLDecoder.decode(credentials[0], StandardCharsets.UTF_8));
        properties.setProperty("password", URLDecoder.decode(credentials[1], StandardCharsets.UTF_8));
        return DriverManager.getConnection(
                "jdbc:postgresql://" + uri.getAuthority().replaceFirst(".*@", "") + uri.getRawPath() + "?"
                        + uri.getRawQuery(),
                properties);
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row. */
    static String first(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
