package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.Origin;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;

/** Where the current request came from. */
@RequestScoped
public class RequestOrigin {

    @Inject
    HttpServletRequest request;

    private String requestId = UUID.randomUUID().toString();

    void name(String name) {
        requestId = name;
    }

    public Origin get() {
        return new Origin(request.getRemoteAddr(), request.getHeader("User-Agent"), requestId);
    }
}
