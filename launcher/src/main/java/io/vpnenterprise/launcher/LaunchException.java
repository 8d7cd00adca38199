package io.vpnenterprise.launcher;

/** Something cannot be started. The message is the one sentence that its reader needs; the launcher prints no more. */
public final class LaunchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LaunchException(String sentence) {
        super(sentence);
    }

    public LaunchException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
