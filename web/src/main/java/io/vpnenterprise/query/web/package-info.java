/** The SQL gateway over HTTP: begin at {@link io.vpnenterprise.query.web.QueryResource}. */
package io.vpnenterprise.query.web;
