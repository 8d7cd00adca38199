package io.vpnenterprise.query;

import io.vpnenterprise.platform.ErrorCode;
import io.vpnenterprise.platform.ErrorKind;

/** What can go wrong with queries. */
public enum QueryError implements ErrorCode {
    INVALID_QUERY(ErrorKind.INVALID, "A query has 1 to 100,000 characters, and none of them is zero"),
    ONE_STATEMENT_NEEDED(ErrorKind.INVALID, "Parameters, pages and plans are of one statement"),
    INVALID_QUERY_PARAMETERS(
            ErrorKind.INVALID, "Parameters are texts, numbers, booleans or nulls, one for each of $1, $2 and so on"),
    INVALID_QUERY_LIMIT(ErrorKind.INVALID, "A limit of the query is outside its range"),
    INVALID_SAVED_QUERY(ErrorKind.INVALID, "A saved query has a name of 1 to 100 characters"),
    QUERY_FAILED(ErrorKind.INVALID, "The database refused a statement"),
    QUERY_CANCELLED(ErrorKind.CONFLICT, "The query was cancelled"),
    QUERY_TIMED_OUT(ErrorKind.CONFLICT, "The query took longer than it may"),
    QUERY_ID_USED(ErrorKind.CONFLICT, "There was a query with this id: each has one of its own"),
    QUERY_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such query under way"),
    QUERY_PAGES_GONE(ErrorKind.GONE, "The query's further pages are not kept any more: run it again"),
    SAVED_QUERY_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such saved query"),
    SAVED_QUERY_NAME_TAKEN(ErrorKind.CONFLICT, "You have a saved query with this name"),
    SAVED_QUERY_LIMIT_REACHED(ErrorKind.QUOTA_EXCEEDED, "You have as many saved queries as may be"),
    TOO_MANY_QUERIES(ErrorKind.UNAVAILABLE, "As many queries as may be are under way; try again when one has ended");

    private final ErrorKind kind;
    private final String sentence;

    QueryError(ErrorKind kind, String sentence) {
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
