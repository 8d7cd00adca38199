package io.vpnenterprise.notifications;

/** How an attempt ended. */
public sealed interface Outcome {

    /** The status of the other side; 0 when it gave none. */
    int status();

    /** What it answered, or what went wrong: shown to owners and admins, so nothing of ours is in it. */
    String answer();

    /** The other side has it. */
    record Delivered(int status, String answer) implements Outcome {}

    /** Not now; another attempt may help. */
    record NotYet(int status, String answer) implements Outcome {}

    /** Never; no other attempt would help. */
    record Refused(int status, String answer) implements Outcome {}
}
