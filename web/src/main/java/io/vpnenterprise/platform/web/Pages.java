package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;

/** Reads the query's {@code page} and {@code pageSize}; what is no number gets a code instead of JAX-RS's 404. */
public final class Pages {

    private Pages() {}

    public static Page.Request of(String page, String pageSize) {
        return new Page.Request(number("page", page, 1), number("pageSize", pageSize, Page.DEFAULT_SIZE));
    }

    private static int number(String field, String text, int otherwise) {
        try {
            return text == null ? otherwise : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw VpnException.ofField(PlatformError.INVALID_PARAMETER, field, "not a number");
        }
    }
}
