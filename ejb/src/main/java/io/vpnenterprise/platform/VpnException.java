package io.vpnenterprise.platform;

import jakarta.ejb.ApplicationException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A failure with a code. Rolls the transaction back; EJB containers neither wrap nor swallow it.
 *
 * <p>The detail is shown to the client: ids and values that he gave, never a secret or an internal.
 */
@ApplicationException(rollback = true, inherited = true)
public class VpnException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient ErrorCode code;
    private final String field;
    private final Duration retryAfter;

    public VpnException(ErrorCode code) {
        this(code, null, null, null);
    }

    public VpnException(ErrorCode code, String detail) {
        this(code, detail, null, null);
    }

    public VpnException(ErrorCode code, String detail, Throwable cause) {
        this(code, detail, null, cause);
    }

    private VpnException(ErrorCode code, String detail, String field, Throwable cause) {
        this(code, detail, field, null, cause);
    }

    private VpnException(ErrorCode code, String detail, String field, Duration retryAfter, Throwable cause) {
        super(detail == null ? code.sentence() : code.sentence() + ": " + detail, cause);
        this.code = code;
        this.field = field;
        this.retryAfter = retryAfter;
    }

    /** A failure of one field of the request. */
    public static VpnException ofField(ErrorCode code, String field, String detail) {
        return new VpnException(code, detail, field, null);
    }

    /** A failure that is over after a time, which the client is told. */
    public static VpnException retryAfter(ErrorCode code, Duration wait) {
        return new VpnException(code, null, null, wait, null);
    }

    public ErrorCode code() {
        return code;
    }

    /** The request's field that is to blame, if one is. */
    public Optional<String> field() {
        return Optional.ofNullable(field);
    }

    /** What a program can read of the failure beside its code, by names that the endpoint documents. */
    public Map<String, Object> details() {
        return Map.of();
    }

    /** How long to wait before the same may succeed, if that is known. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
