package io.vpnenterprise.platform.web;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Who may call a resource's methods, or one of them. Without it nobody may.
 *
 * <p>Not {@code jakarta.annotation.security}'s: what the servers make of those differs, down to not enforcing them, and to
 * enforcing them against a container identity that our tokens do not have (see RATIONALE.md).
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface MayCall {

    /** Anybody, without a token. */
    String EVERYBODY = "*";

    /** The roles, or {@link #EVERYBODY}. */
    String[] value();

    /**
     * What an API key needs, before {@code :read} for GET and HEAD or {@code :write} for the rest: {@code vpn} stands for
     * {@code vpn:read} and {@code vpn:write}. Without one, no API key may call: what belongs to the person, such as his
     * passwords and keys, has none.
     */
    String scope() default "";
}
