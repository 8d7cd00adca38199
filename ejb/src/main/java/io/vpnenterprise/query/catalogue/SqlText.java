package io.vpnenterprise.query.catalogue;

import io.vpnenterprise.platform.VpnException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Collection;
import java.util.stream.Collectors;
import org.postgresql.core.Utils;

/** Names and values as parts of statements, quoted by the driver. */
public final class SqlText {

    /** NAMEDATALEN - 1: PostgreSQL would cut a longer one off, and mean another thing. */
    private static final int NAME_BYTES = 63;

    private SqlText() {}

    /** A name that a request gave, in quotes. */
    public static String name(String given) {
        requireName(given, null);
        try {
            return Utils.escapeIdentifier(null, given).toString();
        } catch (SQLException e) {
            throw new VpnException(CatalogueError.INVALID_IDENTIFIER, null, e);
        }
    }

    /** @param field of the request, for the failure */
    public static String requireName(String given, String field) {
        if (given == null
                || given.isEmpty()
                || given.indexOf('\0') >= 0
                || given.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES
                || !StandardCharsets.UTF_8.newEncoder().canEncode(given)) {
            throw VpnException.ofField(CatalogueError.INVALID_IDENTIFIER, field, null);
        }
        return given;
    }

    public static String names(Collection<String> given) {
        return given.stream().map(SqlText::name).collect(Collectors.joining(", "));
    }

    /** A text as a constant. */
    public static String literal(String text) {
        try {
            // Also with standard_conforming_strings off a backslash means itself (PostgreSQL, 4.1.2.2).
            String quoted = Utils.escapeLiteral(null, text, false).toString();
            return text.indexOf('\\') >= 0 ? "E'" + quoted + "'" : "'" + quoted + "'";
        } catch (SQLException e) {
            throw new VpnException(CatalogueError.INVALID_VALUE, null, e);
        }
    }
}
