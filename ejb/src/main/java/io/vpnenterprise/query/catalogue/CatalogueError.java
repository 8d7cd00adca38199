package io.vpnenterprise.query.catalogue;

import io.vpnenterprise.platform.ErrorCode;
import io.vpnenterprise.platform.ErrorKind;

/** What can go wrong with what is in a tenant's database. */
public enum CatalogueError implements ErrorCode {
    SCHEMA_NOT_FOUND(ErrorKind.NOT_FOUND, "The database has no such schema"),
    TABLE_NOT_FOUND(ErrorKind.NOT_FOUND, "The database has no such table or view"),
    COLUMN_NOT_FOUND(ErrorKind.INVALID, "The table has no such column"),
    INVALID_IDENTIFIER(ErrorKind.INVALID, "A name has 1 to 63 bytes of UTF-8, none of them zero"),
    INVALID_COLUMN_TYPE(ErrorKind.INVALID, "This is not the name of a type"),
    INVALID_COLUMN_DEFAULT(
            ErrorKind.INVALID,
            "A default is one of a value, an expression, or a function out of those that the documentation lists"),
    INVALID_EXPRESSION(
            ErrorKind.INVALID,
            "An expression has its brackets in pairs, no comment and no semicolon, and 10,000 characters"),
    INVALID_SCHEMA_CHANGE(ErrorKind.INVALID, "This change cannot be made into statements"),
    INVALID_VALUE(ErrorKind.INVALID, "The value does not fit the column's type"),
    NOT_POSSIBLE_WITH_TYPE(ErrorKind.INVALID, "The column's type does not permit this"),
    STATEMENT_REFUSED(ErrorKind.INVALID, "The database refused this"),
    DATABASE_PERMISSION_DENIED(ErrorKind.FORBIDDEN, "Your role in the database does not permit this"),
    ALREADY_IN_DATABASE(ErrorKind.CONFLICT, "The database has something of this name already"),
    STILL_NEEDED(ErrorKind.CONFLICT, "Something else in the database depends on it"),
    CONSTRAINT_VIOLATED(ErrorKind.CONFLICT, "A constraint of the database does not permit this"),
    STATEMENT_TOOK_TOO_LONG(ErrorKind.CONFLICT, "The database ended this for the time it took or waited");

    private final ErrorKind kind;
    private final String sentence;

    CatalogueError(ErrorKind kind, String sentence) {
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
