package io.vpnenterprise.identity;

import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which accounts an admin wants to see, and in which order.
 *
 * @param email a part of the address, in any case; empty matches all
 * @param state empty: all but the deleted
 */
public record UserSearch(String email, Optional<Role> role, Optional<User.State> state, Order order) {

    private static final int MAX_EMAIL = 254;

    /** The order of a list; the id decides among equals, so that pages do not overlap. */
    public enum Order {
        CREATED("created_at, id"),
        NEWEST("created_at DESC, id"),
        EMAIL("email"),
        LAST_SIGN_IN("last_sign_in_at DESC NULLS LAST, id");

        private final String sql;

        Order(String sql) {
            this.sql = sql;
        }

        String sql() {
            return sql;
        }
    }

    /**
     * Reads a request's parameters; absent ones are null.
     *
     * @throws VpnException {@code INVALID_PARAMETER}
     */
    public static UserSearch of(String email, String role, String state, String order) {
        if (email != null && email.length() > MAX_EMAIL) {
            throw VpnException.ofField(PlatformError.INVALID_PARAMETER, "search", "at most " + MAX_EMAIL);
        }
        return new UserSearch(
                email == null ? "" : email.strip().toLowerCase(Locale.ROOT),
                constant("role", Role.class, role),
                constant("state", User.State.class, state),
                constant("order", Order.class, order).orElse(Order.NEWEST));
    }

    /** The pattern of SQL's LIKE that finds the part, whatever characters it has. */
    String pattern() {
        return containing(email);
    }

    static String containing(String part) {
        return "%" + part.replaceAll("([\\\\%_])", "\\\\$1") + "%";
    }

    private static <E extends Enum<E>> Optional<E> constant(String field, Class<E> type, String text) {
        if (text == null) {
            return Optional.empty();
        }
        Map<String, E> byLabel = new TreeMap<>();
        Arrays.stream(type.getEnumConstants())
                .forEach(each -> byLabel.put(each.name().toLowerCase(Locale.ROOT), each));
        return Optional.of(Optional.ofNullable(byLabel.get(text))
                .orElseThrow(() ->
                        VpnException.ofField(PlatformError.INVALID_PARAMETER, field, "one of " + byLabel.keySet())));
    }
}
