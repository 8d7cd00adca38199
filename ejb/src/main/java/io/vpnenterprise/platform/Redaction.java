package io.vpnenterprise.platform;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Masks what looks like a secret. A second fence: nothing secret is logged to begin with, but what a driver or a server
 * writes into its messages is not ours.
 */
final class Redaction {

    static final String MASK = "***";

    /**
     * A form of secret.
     *
     * @param kept replaces it: what stays readable, and the mask
     */
    private record Form(Pattern pattern, String kept) {

        Form(String pattern, String kept) {
            this(Pattern.compile(pattern, Pattern.CASE_INSENSITIVE), kept);
        }
    }

    /** No repetition in them is without a limit and next to another: a long line costs linear time. */
    private static final List<Form> FORMS = List.of(
            new Form("-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]{0,16384}", MASK),
            new Form("\\b(bearer|basic) +[\\w.~+/=-]{6,}", "$1 " + MASK),
            // A JSON Web Token begins with {" in base64.
            new Form("\\beyJ[\\w-]{8,}\\.[\\w-]{2,}\\.?[\\w-]*", MASK),
            new Form("\\bvpn_[\\w-]{20,}", "vpn_" + MASK),
            new Form("(://[^\\s/:@]{0,128}):[^\\s/@]{1,256}@", "$1:" + MASK + "@"),
            new Form(
                    "((?:password|passwd|secret|token|ticket|api[_-]?key|private[_ -]?key|preshared[_-]?key"
                            + "|authorization|cookie)\"?\\s{0,4}[=:]\\s{0,4})(?:\"[^\"]*\"?|[^\\s&,;}\"]+)",
                    "$1" + MASK));

    private Redaction() {}

    static String of(String text) {
        String redacted = text;
        for (Form form : FORMS) {
            redacted = form.pattern().matcher(redacted).replaceAll(form.kept());
        }
        return redacted;
    }
}
