package io.vpnenterprise.node;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What an interface on a host must be.
 *
 * @param name a letter, then letters, digits, {@code _ . -}: at most 15 characters, as Linux has it
 * @param listenPort UDP, 1 to 65535
 * @param addresses the interface's own addresses with the length of their pool, as {@code 10.8.0.1/24}, {@code
 *     fd00:8::1/64}; forwarding and masquerade are set up for these pools
 * @param mtu bytes, 1280 to 1500
 */
public record InterfaceSpec(String name, WireGuardKey privateKey, int listenPort, List<String> addresses, int mtu) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,14}");

    public InterfaceSpec {
        requireName(name);
        Objects.requireNonNull(privateKey, "privateKey is null");
        if (listenPort < 1 || listenPort > 65_535) {
            throw new IllegalArgumentException("listenPort is outside 1 to 65535: " + listenPort);
        }
        addresses = List.copyOf(addresses);
        if (mtu < 1_280 || mtu > 1_500) {
            throw new IllegalArgumentException("mtu is outside 1280 to 1500: " + mtu);
        }
    }

    /** Checks a name that is about to become an argument of a program or a part of a path. */
    static String requireName(String name) {
        if (!NAME.matcher(Objects.requireNonNull(name, "name is null")).matches()) {
            throw new IllegalArgumentException("not the name of an interface: " + name);
        }
        return name;
    }
}
