/** The HTTP edge of what is in a tenant's database: begin at {@link io.vpnenterprise.query.catalogue.web.SchemasResource}. */
package io.vpnenterprise.query.catalogue.web;
