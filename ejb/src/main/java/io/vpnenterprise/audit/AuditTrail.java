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

    /** How many entries an export looks through at a time, whatever it finds: a server ends a request after two minutes. */
    private static final int EXPORTED = 200_000;

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

    /** A part of the log: the numbers between two others. */
    public record Part(long above, long below) {

        /** The cursor of what is older than this part; empty when nothing is. */
        public OptionalLong next() {
            return above > 0 ? OptionalLong.of(above + 1) : OptionalLong.empty();
        }
    }

    /**
     * Where the log ends.
     *
     * @param sound false when somebody touched the end: then nobody should note this head
     */
    public record End(AuditHead head, boolean sound) {
        static End of(AuditRows.Found found) {
            return new End(found.head(), found.sound());
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
                        most + 1,
                        caller.userId(),
                        caller.userId(),
                        end,
                        most + 1,
                        most + 1),
                most);
    }

    /** What the filter lets through, of everybody. For admins. */
    public Slice search(AuditFilter filter, OptionalLong before, int most) {
        long below = before.orElseGet(this::all);
        long above = filter.text().isPresent() ? Math.max(0, below - 1 - LOOKED_THROUGH) : 0;
        Slice found = within(new Part(above, below), filter, most);
        boolean goesOn = found.next().isEmpty() && above > 0;
        return goesOn ? new Slice(found.entries(), OptionalLong.of(above + 1)) : found;
    }

    /** The newest part of the log below a cursor, of a size that can be exported at once. */
    Part part(OptionalLong before) {
        long below = before.orElseGet(this::all);
        return new Part(Math.max(0, below - 1 - EXPORTED), below);
    }

    private long all() {
        return rows.head().last() + 1;
    }

    /** What the filter lets through in a part of the log. For admins. */
    public Slice within(Part part, AuditFilter filter, int most) {
        AuditFilter.Condition condition = filter.condition();
        List<Object> arguments = new ArrayList<>(condition.arguments());
        Collections.addAll(arguments, part.below(), part.above(), most + 1);
        return slice(
                sql.list(
                        SELECT + condition.sql() + " AND sequence < ? AND sequence > ? ORDER BY sequence DESC LIMIT ?",
                        AuditEntry::from,
                        arguments.toArray()),
                most);
    }

    /** What was appended behind an entry, the oldest first: numbers have no gaps, so nothing is ever missed. */
    public List<AuditEntry> after(long sequence, int most) {
        return sql.list(SELECT + "sequence > ? ORDER BY sequence LIMIT ?", AuditEntry::from, sequence, most);
    }

    public AuditHead head() {
        return end().head();
    }

    public End end() {
        return End.of(rows.head());
    }

    /** Of entries of which one more was read than is wanted. */
    private static Slice slice(List<AuditEntry> entries, int most) {
        if (entries.size() <= most) {
            return new Slice(entries, OptionalLong.empty());
        }
        return new Slice(
                entries.subList(0, most), OptionalLong.of(entries.get(most - 1).sequence()));
    }
}
