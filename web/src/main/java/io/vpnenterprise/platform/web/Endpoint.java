package io.vpnenterprise.platform.web;

import java.util.List;

/**
 * One way to call the API, as the running application has it.
 *
 * @param path template below {@code /api}
 * @param access the roles that may call it; {@link MayCall#EVERYBODY} stands for everybody; empty for nobody
 */
public record Endpoint(String method, String path, List<String> access) {

    public Endpoint {
        access = List.copyOf(access);
    }
}
