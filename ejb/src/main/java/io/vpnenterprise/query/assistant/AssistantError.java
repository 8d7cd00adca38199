package io.vpnenterprise.query.assistant;

import io.vpnenterprise.platform.ErrorCode;
import io.vpnenterprise.platform.ErrorKind;

/** What can go wrong with the SQL assistant. */
public enum AssistantError implements ErrorCode {
    ASSISTANT_NOT_OFFERED(ErrorKind.NOT_FOUND, "There is no SQL assistant here"),
    INVALID_ASSISTANT_ACTION(ErrorKind.INVALID, "An action is generate, explain, optimise or fix"),
    INVALID_QUESTION(ErrorKind.INVALID, "A question or a statement is needed, of 10,000 characters at most each"),
    ASSISTANT_FAILED(ErrorKind.BAD_GATEWAY, "The SQL assistant's service gave no usable answer");

    private final ErrorKind kind;
    private final String sentence;

    AssistantError(ErrorKind kind, String sentence) {
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
