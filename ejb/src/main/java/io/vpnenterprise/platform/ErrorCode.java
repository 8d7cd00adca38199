package io.vpnenterprise.platform;

/**
 * The stable name of a failure, for clients to branch on. One enum for each feature implements it.
 *
 * <p>A code is never renamed or reused; its sentence may be improved.
 */
public interface ErrorCode {

    /** Upper case with underscores, unique over all features; an enum's own name. */
    String name();

    ErrorKind kind();

    /** What went wrong, for a person, without particulars. */
    String sentence();
}
