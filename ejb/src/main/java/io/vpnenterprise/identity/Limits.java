package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * What somebody decided that a member may have: a platform, an organisation, an admin for one person. What is empty he said
 * nothing of: that is never "no limit", but left to whoever speaks more generally.
 *
 * @param devices 1 to 10,000
 * @param connections at the same time, over all servers: 1 to 10,000
 * @param monthlyBytes in a month of UTC, both directions together: 1 to 10^18
 * @param kbitPerSecond of each connection, in each direction: 64 to 10,000,000
 * @param accessEndsAt from then on, no connection
 */
public record Limits(
        Optional<Integer> devices,
        Optional<Integer> connections,
        Optional<Long> monthlyBytes,
        Optional<Integer> kbitPerSecond,
        Optional<OffsetDateTime> accessEndsAt) {

    /** Below it not even handshakes and acknowledgements get through. */
    public static final int LEAST_KBIT_PER_SECOND = 64;

    public static final Limits NONE = of(null, null, null, null, null);

    /** Reads what a request has, each part null where it has nothing. */
    public static Limits of(
            Integer devices,
            Integer connections,
            Long monthlyBytes,
            Integer kbitPerSecond,
            OffsetDateTime accessEndsAt) {
        requireIn("devices", devices, 1, 10_000);
        requireIn("connections", connections, 1, 10_000);
        requireIn("monthlyBytes", monthlyBytes, 1, 1_000_000_000_000_000_000L);
        requireIn("kbitPerSecond", kbitPerSecond, LEAST_KBIT_PER_SECOND, 10_000_000);
        return new Limits(
                Optional.ofNullable(devices),
                Optional.ofNullable(connections),
                Optional.ofNullable(monthlyBytes),
                Optional.ofNullable(kbitPerSecond),
                Optional.ofNullable(accessEndsAt));
    }

    /** Reads the columns {@code devices}, {@code connections}, {@code monthly_bytes}, {@code kbit_per_second} and {@code access_ends_at}. */
    public static Limits read(ResultSet row) throws SQLException {
        return of(
                row.getObject("devices", Integer.class),
                row.getObject("connections", Integer.class),
                row.getObject("monthly_bytes", Long.class),
                row.getObject("kbit_per_second", Integer.class),
                Sql.time(row, "access_ends_at").orElse(null));
    }

    /** These, and where they say nothing, the others. */
    public Limits or(Limits others) {
        return new Limits(
                devices.or(others::devices),
                connections.or(others::connections),
                monthlyBytes.or(others::monthlyBytes),
                kbitPerSecond.or(others::kbitPerSecond),
                accessEndsAt.or(others::accessEndsAt));
    }

    /** Of each part the tighter one; of a part that only one speaks of, his. */
    public Limits tightest(Limits others) {
        return new Limits(
                lesser(devices, others.devices),
                lesser(connections, others.connections),
                lesser(monthlyBytes, others.monthlyBytes),
                lesser(kbitPerSecond, others.kbitPerSecond),
                lesser(accessEndsAt, others.accessEndsAt));
    }

    /** These, none looser than the others say; parts that these do not speak of stay so. */
    public Limits atMost(Limits others) {
        Limits tighter = tightest(others);
        return new Limits(
                devices.flatMap(said -> tighter.devices),
                connections.flatMap(said -> tighter.connections),
                monthlyBytes.flatMap(said -> tighter.monthlyBytes),
                kbitPerSecond.flatMap(said -> tighter.kbitPerSecond),
                accessEndsAt.flatMap(said -> tighter.accessEndsAt));
    }

    private static <T extends Comparable<? super T>> Optional<T> lesser(Optional<T> one, Optional<T> other) {
        BinaryOperator<T> lesser = (left, right) -> left.compareTo(right) <= 0 ? left : right;
        return one.isEmpty() || other.isEmpty()
                ? one.or(() -> other)
                : Optional.of(lesser.apply(one.get(), other.get()));
    }

    private static void requireIn(String field, Number value, long least, long most) {
        if (value != null && (value.longValue() < least || value.longValue() > most)) {
            throw VpnException.ofField(IdentityError.INVALID_LIMIT, field, least + " to " + most);
        }
    }
}
