package io.vpnenterprise.node;

/** A node did not do what was asked. The message is for the log and the operator; it never holds a secret. */
public class NodeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What can be done about it. */
    public enum Reason {
        /** Not reachable, or it did not answer in time: try again later; what was asked may or may not have happened. */
        UNAVAILABLE,
        /** Too many callers of this node: nothing was sent. */
        BUSY,
        /** The host has no such interface: {@code ensureInterface} first. */
        NO_INTERFACE,
        /** The host said no; trying the same again will not help. */
        REFUSED,
        /** By SSH, a host with another key than the one it must have answered: nothing was sent to it. */
        WRONG_HOST
    }

    private final Reason reason;

    public NodeException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public NodeException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
