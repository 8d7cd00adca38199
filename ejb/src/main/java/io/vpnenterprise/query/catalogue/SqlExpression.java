package io.vpnenterprise.query.catalogue;

import io.vpnenterprise.platform.VpnException;

/**
 * An expression that a member writes himself, for a policy, a check or a default. It is his SQL, runs in his session, and
 * could be run there as a query; here it is held inside its brackets, so that the statement around it stays what was shown.
 */
final class SqlExpression {

    private static final int MAX_LENGTH = 10_000;

    private final String text;
    private int at;
    private int open;

    private SqlExpression(String text) {
        this.text = text;
    }

    /** In brackets of its own. */
    static String inBrackets(String given, String field) {
        if (given == null || given.isBlank() || given.length() > MAX_LENGTH || !new SqlExpression(given).isClosed()) {
            throw VpnException.ofField(CatalogueError.INVALID_EXPRESSION, field, null);
        }
        return "(" + given.strip() + ")";
    }

    /** Follows what PostgreSQL's scanner would (4.1, Lexical Structure). */
    private boolean isClosed() {
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean inside =
                    switch (c) {
                        case '\'', '"' -> quoted(c);
                        case '(' -> opened();
                        case ')' -> closed();
                        // Dollar quotes have no place in what a form sends.
                        case ';', '\0', '$' -> false;
                        case '-', '/' -> !isComment(c);
                        default -> next();
                    };
            if (!inside) {
                return false;
            }
        }
        return open == 0;
    }

    private boolean next() {
        at++;
        return true;
    }

    private boolean opened() {
        open++;
        return next();
    }

    private boolean closed() {
        open--;
        return open >= 0 && next();
    }

    private boolean isComment(char c) {
        char second = c == '-' ? '-' : '*';
        at++;
        return at < text.length() && text.charAt(at) == second;
    }

    /** With a backslash, a string may end elsewhere, as its prefix and a setting say: it has none. */
    private boolean quoted(char quote) {
        for (at++; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\\' && quote == '\'') {
                return false;
            }
            if (c == quote) {
                at++;
                if (at == text.length() || text.charAt(at) != quote) {
                    return true;
                }
            }
        }
        return false;
    }
}
