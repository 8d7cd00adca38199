package io.vpnenterprise.node;

import java.util.Optional;
import java.util.OptionalInt;

/** What {@link HostNetwork} must know and change of the WireGuard device behind a link of its machine. */
interface LocalDevice {

    /** Makes the link and the device behind it, down and without any configuration. */
    void create(String interfaceName, Deadline deadline);

    /** Whether a device of that name answers, in whatever network namespace. */
    boolean isPresent(String interfaceName, Deadline deadline);

    /** A device that was killed leaves its socket's file behind, which nobody answers: deletes it, and no living one. */
    void deleteDeadSocket(String interfaceName, Deadline deadline);

    /** @throws NodeException {@code NO_INTERFACE} */
    DeviceState state(String interfaceName, Deadline deadline);

    /**
     * Changes what is given and leaves the rest.
     *
     * @param listenPort 0 lets the device choose
     * @throws NodeException {@code REFUSED} with the device's reason, {@code NO_INTERFACE}
     */
    void configure(String interfaceName, Optional<WireGuardKey> privateKey, OptionalInt listenPort, Deadline deadline);
}
