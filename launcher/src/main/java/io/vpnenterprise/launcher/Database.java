package io.vpnenterprise.launcher;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** How to reach a database as one role. */
public record Database(String host, int port, String name, String user, String password) {

    /** stringtype=unspecified lets a String parameter become jsonb, inet or uuid on the server. */
    public String jdbcUrl() {
        return "jdbc:postgresql://" + host + ":" + port + "/" + name + "?stringtype=unspecified";
    }

    /** The form that {@code DATABASE_URL} has in the environment: it carries the password. */
    public String url() {
        return "postgres://" + encoded(user) + ":" + encoded(password) + "@" + host + ":" + port + "/" + encoded(name);
    }

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), user, password);
    }

    @Override
    public String toString() {
        return "postgres://" + user + ":***@" + host + ":" + port + "/" + name;
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
