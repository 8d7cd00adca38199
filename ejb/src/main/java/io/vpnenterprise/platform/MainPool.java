package io.vpnenterprise.platform;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/**
 * The connection pool that the operator's scripts configure on each server. Its name is relative on Payara and absolute on
 * WildFly, and no annotation's text means the same on both, so it is looked up.
 */
@ApplicationScoped
class MainPool {

    private static final String RELATIVE = "jdbc/main";
    private static final String ABSOLUTE = "java:/jdbc/main";

    @Produces
    @ApplicationScoped
    DataSource dataSource() {
        try {
            InitialContext names = new InitialContext();
            try {
                return (DataSource) names.lookup(RELATIVE);
            } catch (NamingException e) {
                return (DataSource) names.lookup(ABSOLUTE);
            }
        } catch (NamingException e) {
            throw new IllegalStateException("the server has no connection pool jdbc/main; see server-config", e);
        }
    }
}
