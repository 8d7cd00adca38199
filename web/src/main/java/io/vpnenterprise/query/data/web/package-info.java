/** The HTTP edge of a tenant's rows: begin at {@link io.vpnenterprise.query.data.web.TableDataResource}. */
package io.vpnenterprise.query.data.web;
