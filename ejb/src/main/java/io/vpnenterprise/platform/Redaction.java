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

    /** What a secret is called, at the end of its name. */
    private static final String NAMES = "(?:password|passwd|secret|token|ticket|api[_-]?key|private[_ -]?key"
            + "|preshared[_-]?key|authorization|cookie|refresh|session|__host-\\w{1,32})";

    private static final String IS = "\"?\\s{0,4}[=:]\\s{0,4}";

    /** A JSON string, with what is escaped in it. */
    private static final String QUOTED = "\"[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+){0,1000}+\"?";

    private static final Pattern NAME = Pattern.compile(NAMES + "$", Pattern.CASE_INSENSITIVE);

    /** No repetition in them is without a limit and next to another: a long line costs linear time. */
    private static final List<Form> FORMS = List.of(
            new Form("-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]{0,16384}", MASK),
            new Form("\\b(bearer|basic) +[\\w.~+/=-]{6,}", "$1 " + MASK),
            // A JSON Web Token begins with {" in base64.
            new Form("\\beyJ[\\w-]{8,}\\.[\\w-]{2,}\\.?[\\w-]*", MASK),
            new Form("\\bvpn_[\\w-]{20,}", "vpn_" + MASK),
            new Form("(://[^\\s/:@]{0,128}):[^\\s/@]{1,256}@", "$1:" + MASK + "@"),
            // A cookie's line is all cookies.
            new Form("(cookie" + IS + ")(?:" + QUOTED + "|[^\\n\"]+)", "$1" + MASK),
            // A password has spaces: it ends before the next name.
            new Form(
                    "(passw(?:or)?d" + IS + ")(?:" + QUOTED
                            + "|[^&,;}\"\\n]+?(?=\\s{1,4}[\\w-]{1,40}\\s{0,4}[=:]|[&,;}\"\\n]|$))",
                    "$1" + MASK),
            new Form("(" + NAMES + IS + ")(?:" + QUOTED + "|[^\\s&,;}\"]+)", "$1" + MASK));

    private Redaction() {}

    /** The value of something with a name of its own. */
    static String of(String name, String value) {
        return NAME.matcher(name).find() ? MASK : of(value);
    }

    static String of(String text) {
        String redacted = text;
        for (Form form : FORMS) {
            redacted = form.pattern().matcher(redacted).replaceAll(form.kept());
        }
        return redacted;
    }
}
