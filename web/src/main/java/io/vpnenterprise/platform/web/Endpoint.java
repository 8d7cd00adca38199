package io.vpnenterprise.platform.web;

import java.util.List;

/**
 * One way to call the API, as the running application has it.
 *
 * @param path template below {@code /api}
 * @param access the roles that may call it; {@link MayCall#EVERYBODY} stands for everybody; empty for nobody
 * @param scope what an API key must have to call it; empty when none may
 */
public record Endpoint(String method, String path, List<String> access, String scope) {

    public Endpoint {
        access = List.copyOf(access);
    }
}
