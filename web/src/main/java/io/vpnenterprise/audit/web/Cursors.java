package io.vpnenterprise.audit.web;

import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.Pages;
import java.util.OptionalLong;

/** Reads the query's {@code cursor} and {@code pageSize}. */
final class Cursors {

    private Cursors() {}

    static OptionalLong of(String cursor) {
        try {
            if (cursor == null) {
                return OptionalLong.empty();
            }
            long sequence = Long.parseLong(cursor);
            if (sequence > 0) {
                return OptionalLong.of(sequence);
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw VpnException.ofField(PlatformError.INVALID_PARAMETER, "cursor", "not the next of a page");
    }

    static int size(String pageSize) {
        Page.Request request = Pages.of(null, pageSize);
        return request.pageSize();
    }
}
