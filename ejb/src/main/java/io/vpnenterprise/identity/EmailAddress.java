package io.vpnenterprise.identity;

import io.vpnenterprise.platform.VpnException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads an e-mail address into the one form that is stored and compared. */
public final class EmailAddress {

    /** What mail systems deliver to, not all that RFC 5321 allows: no quoted local parts, no address literals. */
    private static final Pattern FORM =
            Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");

    private static final int MAX_LENGTH = 254;

    private EmailAddress() {}

    static String canonical(String text) {
        return find(text).orElseThrow(() -> VpnException.ofField(IdentityError.INVALID_EMAIL, "email", null));
    }

    /** Empty when the text is none. */
    public static Optional<String> find(String text) {
        String email = text == null ? "" : text.strip();
        // Not the other way round: the lower case of the Kelvin sign, for one, is a plain k.
        return email.length() <= MAX_LENGTH && FORM.matcher(email).matches()
                ? Optional.of(email.toLowerCase(Locale.ROOT))
                : Optional.empty();
    }
}
