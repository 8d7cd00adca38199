package io.vpnenterprise.query.data;

import io.vpnenterprise.platform.ErrorCode;
import io.vpnenterprise.platform.ErrorKind;

/** What can go wrong with the rows of a tenant's tables. */
public enum DataError implements ErrorCode {
    INVALID_FILTER(
            ErrorKind.INVALID,
            "A filter has a column, one of eq, neq, gt, gte, lt, lte, like, ilike, in, is_null, is_not_null, and a value"),
    INVALID_SORT(ErrorKind.INVALID, "An order is asc or desc"),
    INVALID_PAGE(ErrorKind.INVALID, "A page is 1 to 1,000,000, a limit 1 to 200"),
    INVALID_ROWS(ErrorKind.INVALID, "A row is an object with at least one of the table's columns"),
    KEY_NEEDED(ErrorKind.INVALID, "The row is named by all columns of its table's primary key"),
    TOO_MANY_ROWS(ErrorKind.INVALID, "A request changes at most 1,000 rows"),
    INVALID_FORMAT(ErrorKind.INVALID, "A format is csv, json or jsonl"),
    IMPORT_REFUSED(ErrorKind.INVALID, "The database did not take the import, and nothing of it is there"),
    NO_PRIMARY_KEY(ErrorKind.CONFLICT, "Rows of what has no primary key cannot be named"),
    ROW_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such row, or none that you may see");

    private final ErrorKind kind;
    private final String sentence;

    DataError(ErrorKind kind, String sentence) {
        this.kind = kind;
        this.sentence = sentence;
    }

    @Override
    public ErrorKind kind() {
        return kind;
    }

    @Override
    public String sentence() {
        return sentence;
    }
}
