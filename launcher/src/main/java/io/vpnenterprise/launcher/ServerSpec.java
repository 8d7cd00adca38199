package io.vpnenterprise.launcher;

import java.nio.file.Path;
import java.util.Map;

/**
 * What an application server is started with.
 *
 * @param home the server's own directory: emptied at each start, the database keeps what lasts
 * @param archives the directory with {@code vpn-enterprise.war} or {@code .ear}, {@code postgresql.jar} and, when the
 *     product has one, {@code node-connector.rar}
 * @param log appended to
 * @param environment for the child, beyond what this process has; the place for secrets, which never go on a command line
 * @param systemProperties for the child's JVM
 */
public record ServerSpec(
        Path home,
        Path archives,
        Path log,
        int port,
        Database database,
        Map<String, String> environment,
        Map<String, String> systemProperties) {

    public ServerSpec {
        home = home.toAbsolutePath();
        archives = archives.toAbsolutePath();
        environment = Map.copyOf(environment);
        systemProperties = Map.copyOf(systemProperties);
    }

    @Override
    public String toString() {
        return "ServerSpec[" + home + ", port " + port + ", " + database + "]";
    }
}
