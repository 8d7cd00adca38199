package io.vpnenterprise.notifications;

import java.util.regex.Pattern;

/** What we send mail to: one address, nothing around it, nothing that could end a header's line. */
final class MailAddress {

    private static final Pattern FORM =
            Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");

    private static final int MAX_LENGTH = 254;

    private MailAddress() {}

    static boolean isOne(String text) {
        return text != null && text.length() <= MAX_LENGTH && FORM.matcher(text).matches();
    }
}
