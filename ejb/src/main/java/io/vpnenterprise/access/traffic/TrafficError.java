package io.vpnenterprise.access.traffic;

import io.vpnenterprise.platform.ErrorCode;
import io.vpnenterprise.platform.ErrorKind;

/** What can go wrong with traffic. */
public enum TrafficError implements ErrorCode {
    MONTHLY_QUOTA_EXCEEDED(ErrorKind.QUOTA_EXCEEDED, "Your traffic of this month is used up");

    private final ErrorKind kind;
    private final String sentence;

    TrafficError(ErrorKind kind, String sentence) {
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
