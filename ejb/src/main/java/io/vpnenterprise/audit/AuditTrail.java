package io.vpnenterprise.audit;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/** Reads the log, the newest entry first, each page from where the last one ended: what is appended moves nothing. */
@ApplicationScoped
public class AuditTrail {

    /** How many entries a search for words looks through at a time: no index helps it, and it must not take a minute. */
    private static final int LOOKED_THROUGH = 50_000;

    private static final String SELECT = "SELECT " + AuditEntry.COLUMNS + " FROM audit_entries WHERE ";

    /**
     * Some entries, and where to go on.
     *
     * @param next empty at the end; may be there though the page is not full, or empty, when a search for words looked
     *     through as many entries as it may
     */
    public record Slice(List<AuditEntry> entries, OptionalLong next) {
        public Slice {
            entries = List.copyOf(entries);
        }
    }

    @Inject
    Sql sql;

    @Inject
    AuditRows rows;

    /** What the caller did, and what concerns him. */
    public Slice mine(Caller caller, OptionalLong before, int most) {
        long end = before.orElse(Long.MAX_VALUE);
        // Two reads from two indexes; with OR it would be one of the whole table.
        return slice(
                sql.list(
                        "(" + SELECT + "actor_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?) UNION ALL ("
                                + SELECT
                                + "subject_id = ? AND actor_id IS DISTINCT FROM ? AND sequence < ?"
                                + " ORDER BY sequence DESC LIMIT ?) ORDER BY sequence DESC LIMIT ?",
                        AuditEntry::from,
                        caller.userId(),
                        end,
                        most,
                        caller.userId(),
                        caller.userId(),
                        end,
                        most,
                        most),
                most);
    }

    /** What the filter lets through, of everybody. For admins. */
    public Slice search(AuditFilter filter, OptionalLong before, int most) {
        AuditFilter.Condition condition = filter.condition();
        List<Object> arguments = new ArrayList<>(condition.arguments());
        long end = before.orElseGet(() -> rows.head().last() + 1);
        long start = filter.text().isPresent() ? Math.max(0, end - 1 - LOOKED_THROUGH) : 0;
        Collections.addAll(arguments, end, start, most);
        Slice found = slice(
                sql.list(
                        SELECT + condition.sql() + " AND sequence < ? AND sequence > ? ORDER BY sequence DESC LIMIT ?",
                        AuditEntry::from,
                        arguments.toArray()),
                most);
        boolean goesOn = found.next().isEmpty() && start > 0;
        return goesOn ? new Slice(found.entries(), OptionalLong.of(start + 1)) : found;
    }

    /** What was appended behind an entry, the oldest first: numbers have no gaps, so nothing is ever missed. */
    public List<AuditEntry> after(long sequence, int most) {
        return sql.list(SELECT + "sequence > ? ORDER BY sequence LIMIT ?", AuditEntry::from, sequence, most);
    }

    public AuditHead head() {
        return rows.head().head();
    }

    private static Slice slice(List<AuditEntry> entries, int most) {
        return new Slice(
                entries,
                entries.size() < most
                        ? OptionalLong.empty()
                        : OptionalLong.of(entries.get(entries.size() - 1).sequence()));
    }
}
