package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.RouteClass;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a resource's requests are counted as, or those of one method. Without it: {@link RouteClass#API}; where everybody may
 * call, {@link RouteClass#PUBLIC} to read and {@link RouteClass#CREDENTIALS} for the rest.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface CountedAs {

    RouteClass value();
}
