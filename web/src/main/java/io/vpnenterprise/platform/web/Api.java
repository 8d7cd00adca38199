package io.vpnenterprise.platform.web;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;

/** Everything under {@code /api}; resources and providers are found by their annotations. */
@ApplicationPath("/api")
@OpenAPIDefinition(
        info =
                @Info(
                        title = "VPN Enterprise",
                        version = "0.1.0",
                        description =
                                "Every path answers under /api/v1 too. Unsafe requests with a token honour Idempotency-Key."),
        security = @SecurityRequirement(name = "bearer"))
@SecurityScheme(securitySchemeName = "bearer", type = SecuritySchemeType.HTTP, scheme = "bearer", bearerFormat = "JWT")
public class Api extends Application {

    @Override
    public Map<String, Object> getProperties() {
        // Jersey would publish a description of all endpoints to anybody.
        return Map.of("jersey.config.server.wadl.disableWadl", true);
    }
}
