package io.vpnenterprise.platform.web;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.GenericServlet;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.annotation.WebListener;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * The API answers. Payara lets requests in before all servlets are loaded, JAX-RS' own among them, and for some seconds of
 * its start answered {@code /health}, and 404 to everything else.
 */
@Readiness
@ApplicationScoped
public class ApiReady implements HealthCheck {

    private volatile boolean loaded;

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("api").status(loaded).build();
    }

    void loaded() {
        loaded = true;
    }

    /** Adds the servlet that is loaded last. */
    @WebListener
    public static class Begin implements ServletContextListener {

        @Override
        public void contextInitialized(ServletContextEvent begun) {
            begun.getServletContext()
                    .addServlet(Last.class.getSimpleName(), Last.class)
                    .setLoadOnStartup(Integer.MAX_VALUE);
        }
    }

    /** Has no address: that it is loaded says that all others are (Servlet 6.0, section 2.3.1). */
    public static class Last extends GenericServlet {

        private static final long serialVersionUID = 1L;

        @Inject
        @Readiness
        transient ApiReady ready;

        @Override
        public void init() {
            ready.loaded();
        }

        @Override
        public void service(ServletRequest request, ServletResponse response) {
            throw new IllegalStateException("this servlet has no address");
        }
    }
}
