package io.vpnenterprise.query.catalogue;

import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.tenants.TenantError;
import java.sql.SQLException;
import java.util.Optional;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What a refusal of a tenant's database means for its caller (PostgreSQL, appendix A). */
public final class DatabaseRefusal {

    private DatabaseRefusal() {}

    public static VpnException of(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        String said = said(e);
        CatalogueError code =
                switch (state) {
                    case "42501" -> CatalogueError.DATABASE_PERMISSION_DENIED;
                    case "3F000" -> CatalogueError.SCHEMA_NOT_FOUND;
                    case "42P01" -> CatalogueError.TABLE_NOT_FOUND;
                    case "42703" -> CatalogueError.COLUMN_NOT_FOUND;
                    case "42704" -> CatalogueError.STATEMENT_REFUSED;
                    case "42P06", "42P07", "42701", "42710", "42723" -> CatalogueError.ALREADY_IN_DATABASE;
                    case "2BP01" -> CatalogueError.STILL_NEEDED;
                    case "42883", "42725", "42846", "42P18" -> CatalogueError.NOT_POSSIBLE_WITH_TYPE;
                    case "57014", "55P03", "25P03", "25P04" -> CatalogueError.STATEMENT_TOOK_TOO_LONG;
                    default ->
                        switch (state.substring(0, 2)) {
                            case "22" -> CatalogueError.INVALID_VALUE;
                            case "23" -> CatalogueError.CONSTRAINT_VIOLATED;
                            default -> CatalogueError.STATEMENT_REFUSED;
                        };
                };
        if (code == CatalogueError.CONSTRAINT_VIOLATED) {
            return VpnException.ofField(
                    code, column(e).orElse(null), constraint(e).orElse(said));
        }
        if (state.startsWith("40")) {
            return new VpnException(PlatformError.CONFLICT, null, e);
        }
        if (isAway(e)) {
            return new VpnException(TenantError.CLUSTER_UNAVAILABLE, "SQLSTATE " + state, e);
        }
        return new VpnException(code, said, e);
    }

    private static boolean isAway(SQLException e) {
        String state = e.getSQLState();
        return state == null || state.startsWith("08") || state.startsWith("53") || state.startsWith("57P");
    }

    /** The constraint that was violated, by its name. */
    private static Optional<String> constraint(SQLException e) {
        return server(e).map(ServerErrorMessage::getConstraint);
    }

    /** The column that may not be null. */
    private static Optional<String> column(SQLException e) {
        return server(e).map(ServerErrorMessage::getColumn);
    }

    /** What PostgreSQL said, without values of other rows: its detail has those. */
    public static String said(SQLException e) {
        return server(e).map(ServerErrorMessage::getMessage).orElse("SQLSTATE " + e.getSQLState());
    }

    /** Where it happened, such as a line of a COPY. */
    public static Optional<String> where(SQLException e) {
        return server(e).map(ServerErrorMessage::getWhere);
    }

    private static Optional<ServerErrorMessage> server(SQLException e) {
        return e instanceof PSQLException ours ? Optional.ofNullable(ours.getServerErrorMessage()) : Optional.empty();
    }
}
