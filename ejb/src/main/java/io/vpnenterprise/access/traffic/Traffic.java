package io.vpnenterprise.access.traffic;

import io.vpnenterprise.access.Allowances;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Reads sessions and usage; samples write them. */
@Stateless
public class Traffic {

    public static final int MAX_DEVICES = 1_000;

    private static final String SESSIONS = """
            SELECT id, connection_id, user_id, device_id, device_name, server_id, server_name, began_at,
                   latest_handshake_at, uploaded, downloaded, ended_at, end_reason
            FROM vpn_sessions""";

    @Inject
    Sql sql;

    @Inject
    Allowances allowances;

    /**
     * What a connection has done so far.
     *
     * @param active whether a session is open
     * @param latestHandshakeAt empty when the device was never heard from
     */
    public record Live(boolean active, Optional<OffsetDateTime> latestHandshakeAt, Usage.Bytes bytes) {

        public static final Live NOTHING = new Live(false, Optional.empty(), new Usage.Bytes(0, 0));
    }

    /** Of the caller's connections that are there now, by their ids; those that were never heard from are left out. */
    public Map<UUID, Live> live(Caller caller) {
        Map<UUID, Live> live = new HashMap<>();
        sql.list(
                """
                SELECT s.connection_id, bool_or(s.ended_at IS NULL) AS active, max(s.latest_handshake_at) AS handshake,
                       sum(s.uploaded)::bigint AS uploaded, sum(s.downloaded)::bigint AS downloaded
                FROM connections c JOIN vpn_sessions s ON s.connection_id = c.id
                WHERE c.user_id = ? AND c.disconnected_at IS NULL GROUP BY s.connection_id""",
                row -> live.put(
                        Sql.uuid(row, "connection_id"),
                        new Live(row.getBoolean("active"), Sql.time(row, "handshake"), bytes(row))),
                caller.userId());
        return live;
    }

    /** The caller's, the newest first. */
    public Page<Session> sessions(Caller caller, Page.Request request) {
        return sessions(new SessionFilter(Optional.of(caller.userId()), Optional.empty(), Optional.empty()), request);
    }

    /** Everybody's, for admins, the newest first. */
    public Page<Session> sessions(SessionFilter filter, Page.Request request) {
        List<String> conditions = new ArrayList<>(List.of("true"));
        List<Object> arguments = new ArrayList<>();
        filter.userId().ifPresent(user -> {
            conditions.add("user_id = ?");
            arguments.add(user);
        });
        filter.serverId().ifPresent(server -> {
            conditions.add("server_id = ?");
            arguments.add(server);
        });
        filter.active().ifPresent(active -> conditions.add(active ? "ended_at IS NULL" : "ended_at IS NOT NULL"));
        String where = " WHERE " + String.join(" AND ", conditions);
        long total = sql.first("SELECT count(*) FROM vpn_sessions" + where, row -> row.getLong(1), arguments.toArray())
                .orElseThrow();
        arguments.add(request.pageSize());
        arguments.add(request.offset());
        return Page.of(
                sql.list(
                        SESSIONS + where + " ORDER BY began_at DESC, id LIMIT ? OFFSET ?",
                        Traffic::session,
                        arguments.toArray()),
                total,
                request);
    }

    /** The caller's usage of a month. */
    public Usage usage(Caller caller, YearMonth month) {
        List<Usage.OfDevice> devices = sql.list(
                """
                SELECT u.device_id, d.name, sum(u.uploaded)::bigint AS uploaded, sum(u.downloaded)::bigint AS downloaded
                FROM traffic_usage u LEFT JOIN devices d ON d.id = u.device_id
                WHERE u.user_id = ? AND u.month = ? GROUP BY u.device_id, d.name
                ORDER BY sum(u.uploaded + u.downloaded) DESC, u.device_id LIMIT ?""",
                row -> new Usage.OfDevice(
                        Sql.uuid(row, "device_id"), Optional.ofNullable(row.getString("name")), bytes(row)),
                caller.userId(),
                month.atDay(1),
                MAX_DEVICES);
        Usage.Bytes total =
                sql.first("""
                        SELECT coalesce(sum(uploaded), 0)::bigint AS uploaded,
                               coalesce(sum(downloaded), 0)::bigint AS downloaded
                        FROM traffic_usage WHERE user_id = ? AND month = ?""", Traffic::bytes, caller.userId(), month.atDay(1)).orElseThrow();
        return new Usage(month, total, allowances.of(caller.userId()).monthlyBytes(), devices);
    }

    /** Of each user in a month, those who moved most first; for admins. */
    public Page<Usage.Of> usageOfUsers(YearMonth month, Page.Request request) {
        return usage("user_id", "users", "email", month, request);
    }

    /** Of each server in a month, those that moved most first; for admins. */
    public Page<Usage.Of> usageOfServers(YearMonth month, Page.Request request) {
        return usage("server_id", "servers", "name", month, request);
    }

    /**
     * Reads a request's month; absent is the current one.
     *
     * @throws VpnException {@code INVALID_PARAMETER}
     */
    public static YearMonth month(String text) {
        try {
            return text == null ? Quotas.currentMonth() : YearMonth.parse(text);
        } catch (DateTimeException e) {
            throw VpnException.ofField(PlatformError.INVALID_PARAMETER, "month", "as in 2026-11");
        }
    }

    private Page<Usage.Of> usage(String column, String table, String name, YearMonth month, Page.Request request) {
        long total = sql.first(
                        "SELECT count(DISTINCT " + column + ") FROM traffic_usage WHERE month = ?",
                        row -> row.getLong(1),
                        month.atDay(1))
                .orElseThrow();
        return Page.of(
                sql.list(
                        """
                        SELECT u.%1$s AS id, o.%3$s AS name, u.uploaded, u.downloaded
                        FROM (SELECT %1$s, sum(uploaded)::bigint AS uploaded, sum(downloaded)::bigint AS downloaded
                              FROM traffic_usage WHERE month = ? GROUP BY %1$s
                              ORDER BY sum(uploaded + downloaded) DESC, %1$s LIMIT ? OFFSET ?) u
                        LEFT JOIN %2$s o ON o.id = u.%1$s
                        ORDER BY u.uploaded + u.downloaded DESC, u.%1$s""".formatted(column, table, name),
                        row -> new Usage.Of(
                                Sql.uuid(row, "id"), Optional.ofNullable(row.getString("name")), bytes(row)),
                        month.atDay(1),
                        request.pageSize(),
                        request.offset()),
                total,
                request);
    }

    private static Usage.Bytes bytes(ResultSet row) throws SQLException {
        return new Usage.Bytes(row.getLong("uploaded"), row.getLong("downloaded"));
    }

    private static Session session(ResultSet row) throws SQLException {
        return new Session(
                Sql.uuid(row, "id"),
                Sql.uuid(row, "connection_id"),
                Sql.uuid(row, "user_id"),
                Sql.uuid(row, "device_id"),
                row.getString("device_name"),
                Sql.uuid(row, "server_id"),
                row.getString("server_name"),
                Sql.time(row, "began_at").orElseThrow(),
                Sql.time(row, "latest_handshake_at").orElseThrow(),
                row.getLong("uploaded"),
                row.getLong("downloaded"),
                Sql.time(row, "ended_at"),
                Optional.ofNullable(row.getString("end_reason")));
    }
}
