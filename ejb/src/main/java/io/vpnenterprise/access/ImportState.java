package io.vpnenterprise.access;

import java.util.Optional;
import java.util.UUID;

/**
 * How far an import is.
 *
 * @param finished whether the server is one like any other
 * @param peers that it has
 * @param failure why the last attempt to finish it failed
 */
public record ImportState(
        UUID serverId, String name, String interfaceName, boolean finished, int peers, Optional<String> failure) {}
