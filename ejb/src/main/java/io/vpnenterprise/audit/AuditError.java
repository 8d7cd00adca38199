package io.vpnenterprise.audit;

import io.vpnenterprise.platform.ErrorCode;
import io.vpnenterprise.platform.ErrorKind;

/** What can go wrong with the audit. */
public enum AuditError implements ErrorCode {
    AUDIT_TOO_LONG(
            ErrorKind.CONFLICT, "The log is too long to be read while you wait: POST /api/admin/audit/verifications"),
    VERIFICATION_UNDER_WAY(
            ErrorKind.CONFLICT, "Another verification is under way, one that begins or compares otherwise"),
    VERIFICATION_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such verification");

    private final ErrorKind kind;
    private final String sentence;

    AuditError(ErrorKind kind, String sentence) {
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
