/** The HTTP edge of tenants: begin at {@link io.vpnenterprise.tenants.web.TenantsResource}. */
package io.vpnenterprise.tenants.web;
