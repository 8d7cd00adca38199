package io.vpnenterprise.tenants;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * How to reach a database server, as {@code postgres://user:password@host:port/database?sslmode=require}, percent-encoded
 * (PostgreSQL, 34.1.1.2 Connection URIs).
 *
 * @param parameters of the driver, as they came
 */
record ClusterUrl(String host, int port, String database, String user, String password, String parameters) {

    private static final int DEFAULT_PORT = 5432;

    /** @throws IllegalArgumentException with what is wrong, without the password */
    static ClusterUrl parse(String text) {
        try {
            URI uri = new URI(text);
            String userInfo = uri.getRawUserInfo();
            boolean known = "postgres".equals(uri.getScheme()) || "postgresql".equals(uri.getScheme());
            if (known && uri.getHost() != null && userInfo != null && userInfo.contains(":")) {
                String path = uri.getRawPath() == null ? "" : uri.getRawPath();
                int colon = userInfo.indexOf(':');
                return new ClusterUrl(
                        uri.getHost(),
                        uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                        path.length() < 2 ? "postgres" : decoded(path.substring(1)),
                        decoded(userInfo.substring(0, colon)),
                        decoded(userInfo.substring(colon + 1)),
                        uri.getRawQuery() == null ? "" : uri.getRawQuery());
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            // Said below: the message would quote the password.
        }
        throw new IllegalArgumentException("must be postgres://user:password@host:port/database, percent-encoded");
    }

    /** Another database there, as somebody else. */
    ClusterUrl as(String otherUser, String otherPassword, String otherDatabase) {
        return new ClusterUrl(host, port, otherDatabase, otherUser, otherPassword, parameters);
    }

    String jdbcUrl() {
        return "jdbc:postgresql://" + host + ":" + port + "/" + encoded(database)
                + (parameters.isEmpty() ? "" : "?" + parameters);
    }

    /** For a program: TLS needed, whatever our own way in has. */
    static String connectionString(String host, int port, String database, String user, String password) {
        return "postgresql://" + encoded(user) + ":" + encoded(password) + "@" + host + ":" + port + "/"
                + encoded(database) + "?sslmode=require";
    }

    private static String decoded(String part) {
        // In user info and paths, a plus is a plus.
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return "postgres://" + user + ":***@" + host + ":" + port + "/" + database;
    }
}
