package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.Origin;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;

/** Where the current request came from. */
@RequestScoped
public class RequestOrigin {

    @Inject
    HttpServletRequest request;

    public Origin get() {
        return EveryRequest.Visit.of(request).origin();
    }
}
