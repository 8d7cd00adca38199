package io.vpnenterprise.query.catalogue;

import io.vpnenterprise.platform.VpnException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name of a type in a form that can be nothing else in a statement. */
final class TypeName {

    private static final String WORD = "[A-Za-z_][A-Za-z0-9_]{0,62}";
    private static final String PART = "(?:" + WORD + "|\"(?:[^\"\\x00]|\"\"){1,126}\")";
    private static final String LENGTHS = "(?: ?\\( ?[0-9]{1,8}(?: ?, ?-?[0-9]{1,4})? ?\\))?";

    /** Of more than one word; all others are one name, with or without a schema. */
    private static final String OF_MANY_WORDS = "double precision|character varying" + LENGTHS + "|bit varying"
            + LENGTHS + "|time(?:stamp)?" + LENGTHS + " with(?:out)? time zone";

    private static final Pattern FORM = Pattern.compile("(?:(?i:" + OF_MANY_WORDS + ")|" + PART + "(?:\\." + PART + ")?"
            + LENGTHS + ")((?:\\[[0-9]{0,6}\\]){0,6})");

    private TypeName() {}

    /**
     * @param field of the request, for the failure
     * @throws VpnException {@code INVALID_COLUMN_TYPE}; whether there is such a type PostgreSQL says
     */
    static String require(String given, String field) {
        String text = given == null ? "" : given.strip();
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw VpnException.ofField(CatalogueError.INVALID_COLUMN_TYPE, field, null);
        }
        return text;
    }
}
