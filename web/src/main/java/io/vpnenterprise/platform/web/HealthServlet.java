package io.vpnenterprise.platform.web;

import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.json.bind.annotation.JsonbPropertyOrder;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/**
 * {@code /health}, {@code /health/live}, {@code /health/ready}: asks the MicroProfile health checks of this application,
 * which not every server finds inside an EAR. Open to everybody, says nothing that helps an attacker.
 */
@WebServlet({"/health", "/health/live", "/health/ready"})
public class HealthServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    /** One check's answer. */
    public record Check(String name, String status, Map<String, Object> data) {}

    /** The original's fields, and the checks. */
    @JsonbPropertyOrder({"status", "service", "version", "timestamp", "checks"})
    public record Health(String status, String service, String version, OffsetDateTime timestamp, List<Check> checks) {}

    @Inject
    @Liveness
    transient Instance<HealthCheck> liveness;

    @Inject
    @Readiness
    transient Instance<HealthCheck> readiness;

    /** Those who watch us ask every few seconds, and everybody may: a flood costs the database nothing. */
    private record Asked(List<HealthCheckResponse> answers, long at) {}

    private static final long REMEMBERED_NANOS = 1_000_000_000;

    private final transient Map<String, Asked> remembered = new ConcurrentHashMap<>();

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        List<HealthCheckResponse> answers =
                remembered.compute(request.getServletPath(), this::askedLately).answers();
        boolean up = answers.stream().allMatch(answer -> answer.getStatus() == HealthCheckResponse.Status.UP);
        List<Check> checks = answers.stream()
                .map(answer -> new Check(
                        answer.getName(),
                        answer.getStatus().name(),
                        answer.getData().orElse(Map.of())))
                .toList();
        response.setStatus(up ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setContentType("application/json");
        response.setCharacterEncoding("UTF-8");
        response.getWriter()
                .write(Json.JSONB.toJson(new Health(
                        up ? "ok" : "down",
                        "vpn-enterprise",
                        Version.NUMBER,
                        OffsetDateTime.now(ZoneOffset.UTC),
                        checks)));
    }

    private Asked askedLately(String path, Asked last) {
        long now = System.nanoTime();
        return last != null && now - last.at() < REMEMBERED_NANOS ? last : new Asked(ask(path), now);
    }

    private List<HealthCheckResponse> ask(String path) {
        Stream<HealthCheck> wanted =
                switch (path) {
                    case "/health/live" -> liveness.stream();
                    case "/health/ready" -> readiness.stream();
                    default -> Stream.concat(liveness.stream(), readiness.stream());
                };
        return wanted.map(HealthCheck::call).toList();
    }
}
