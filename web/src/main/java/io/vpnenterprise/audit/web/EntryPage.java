package io.vpnenterprise.audit.web;

import io.vpnenterprise.audit.AuditEntry;
import io.vpnenterprise.audit.AuditTrail;
import java.util.List;
import java.util.function.Function;

/**
 * A page of entries, the newest first.
 *
 * @param next the {@code cursor} of the next page; absent at the end. A search for words may give a page with few entries,
 *     or none, and a next one
 */
public record EntryPage(List<EntryView> items, String next) {
    static EntryPage from(AuditTrail.Slice slice, Function<AuditEntry, EntryView> view) {
        return new EntryPage(
                slice.entries().stream().map(view).toList(),
                slice.next().isPresent() ? String.valueOf(slice.next().getAsLong()) : null);
    }
}
