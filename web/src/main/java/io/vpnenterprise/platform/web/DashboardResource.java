package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Overview;
import jakarta.enterprise.context.RequestScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The platform at a glance. */
@Path("admin/dashboard")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.ADMIN, scope = "admin")
@Tag(name = "Administration")
public class DashboardResource {

    /**
     * Figures of now.
     *
     * @param figures by their name, by what they are of: {@code users → total → 7}
     * @param system the application node that answers
     */
    public record DashboardStats(Map<String, Map<String, Long>> figures, SystemFigures system) {}

    /** The application node that answers. */
    public record SystemFigures(
            String version, String javaVersion, long uptimeSeconds, long heapUsedBytes, long heapMaxBytes) {
        static SystemFigures now() {
            MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
            return new SystemFigures(
                    Version.NUMBER,
                    System.getProperty("java.version"),
                    ManagementFactory.getRuntimeMXBean().getUptime() / 1_000,
                    heap.getUsed(),
                    heap.getMax());
        }
    }

    @Inject
    @Any
    Instance<Overview> overviews;

    @GET
    @Path("stats")
    @Operation(summary = "True figures of users, sessions, organisations, devices, connections, servers and nodes")
    public DashboardStats stats() {
        Map<String, Map<String, Long>> figures = new TreeMap<>();
        overviews.forEach(overview -> figures.putAll(overview.figures()));
        return new DashboardStats(figures, SystemFigures.now());
    }
}
