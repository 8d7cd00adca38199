/** Devices and connections over HTTP. Start reading at {@link io.vpnenterprise.access.web.ConnectionsResource}. */
package io.vpnenterprise.access.web;
