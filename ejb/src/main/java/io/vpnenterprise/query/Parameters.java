package io.vpnenterprise.query;

import io.vpnenterprise.platform.VpnException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.core.Parser;

/**
 * A statement whose parameters {@code $1}, {@code $2}, … have become JDBC's question marks, outside of quotes and comments
 * (PostgreSQL, 4.1 Lexical Structure).
 *
 * @param sql as the driver wants it: a question mark of SQL's own is two
 * @param numbers the parameter of each question mark, from 1
 */
record Parameters(String sql, List<Integer> numbers) {

    private static final int MOST_DIGITS = 4;

    static Parameters of(String statement) {
        StringBuilder sql = new StringBuilder();
        List<Integer> numbers = new ArrayList<>();
        char[] text = statement.toCharArray();
        int i = 0;
        while (i < text.length) {
            int end = endOfQuoteOrComment(text, i);
            if (end > i) {
                sql.append(text, i, end - i);
                i = end;
            } else if (isParameter(text, i)) {
                int digits = i + 1;
                while (digits < text.length && isDigit(text[digits])) {
                    digits++;
                }
                numbers.add(number(statement.substring(i + 1, digits)));
                sql.append('?');
                i = digits;
            } else {
                sql.append(text[i] == '?' ? "??" : String.valueOf(text[i]));
                i++;
            }
        }
        return new Parameters(sql.toString(), List.copyOf(numbers));
    }

    /** Binds each as a text whose type PostgreSQL decides. */
    void bind(PreparedStatement statement, List<String> values) throws SQLException {
        int most = numbers.stream().mapToInt(Integer::intValue).max().orElse(0);
        if (most != values.size()) {
            throw VpnException.ofField(
                    QueryError.INVALID_QUERY_PARAMETERS,
                    "parameters",
                    "the statement has " + most + ", and " + values.size() + " are given");
        }
        for (int i = 0; i < numbers.size(); i++) {
            String value = values.get(numbers.get(i) - 1);
            if (value == null) {
                statement.setNull(i + 1, Types.OTHER);
            } else {
                statement.setObject(i + 1, value, Types.OTHER);
            }
        }
    }

    /** Behind what begins here; here, when nothing does. */
    private static int endOfQuoteOrComment(char[] text, int i) {
        int last =
                switch (text[i]) {
                    case '\'' -> Parser.parseSingleQuotes(text, i, !isEscapeString(text, i));
                    case '"' -> Parser.parseDoubleQuotes(text, i);
                    case '$' -> Parser.parseDollarQuotes(text, i);
                    case '-' -> Parser.parseLineComment(text, i);
                    case '/' -> Parser.parseBlockComment(text, i);
                    default -> i;
                };
        return last > i ? Math.min(last + 1, text.length) : i;
    }

    /** {@code E'…'}, in which a backslash means something. */
    private static boolean isEscapeString(char[] text, int i) {
        return i > 0
                && (text[i - 1] == 'e' || text[i - 1] == 'E')
                && (i == 1 || !Parser.isIdentifierContChar(text[i - 2]));
    }

    private static boolean isParameter(char[] text, int i) {
        return text[i] == '$'
                && i + 1 < text.length
                && isDigit(text[i + 1])
                && (i == 0 || !Parser.isIdentifierContChar(text[i - 1]));
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }

    private static int number(String digits) {
        if (digits.length() > MOST_DIGITS || Integer.parseInt(digits) == 0) {
            throw VpnException.ofField(QueryError.INVALID_QUERY_PARAMETERS, "parameters", "there is no $" + digits);
        }
        return Integer.parseInt(digits);
    }
}
