package io.vpnenterprise.launcher;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** How to reach a database as one role. */
public record Database(String host, int port, String name, String user, String password) {

    /** As {@code server-config/database-env.sh}, which says why; the type lets a text become jsonb, inet or uuid. */
    private static final String PARAMETERS = "tcpKeepAlive=true&logServerErrorDetail=false"
            + "&options=-c%20tcp_keepalives_idle%3D30%20-c%20tcp_keepalives_interval%3D10%20-c%20tcp_keepalives_count%3D3"
            + "&stringtype=unspecified";

    public String jdbcUrl() {
        return "jdbc:postgresql://" + host + ":" + port + "/" + name + "?" + PARAMETERS;
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
