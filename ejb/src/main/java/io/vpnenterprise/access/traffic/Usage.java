package io.vpnenterprise.access.traffic;

import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a member moved in a month of UTC.
 *
 * @param total of all devices, also of those that {@code devices} leaves out
 * @param limit of both directions together; empty: unlimited
 * @param devices those that moved most, at most {@link Traffic#MAX_DEVICES}
 */
public record Usage(YearMonth month, Bytes total, Optional<Long> limit, List<OfDevice> devices) {

    /** Bytes from the device's view. */
    public record Bytes(long uploaded, long downloaded) {

        public long total() {
            return uploaded + downloaded;
        }
    }

    /** @param name empty for a device that was removed */
    public record OfDevice(UUID deviceId, Optional<String> name, Bytes bytes) {}

    /** @param name a user's e-mail address or a server's name; empty for one that is gone */
    public record Of(UUID id, Optional<String> name, Bytes bytes) {}

    /** Of the limit, to a tenth; empty when there is none. */
    public Optional<Double> percentUsed() {
        return limit.map(most -> most == 0 ? 100.0 : Math.floor(1_000.0 * total.total() / most) / 10);
    }

    public Usage {
        devices = List.copyOf(devices);
    }
}
