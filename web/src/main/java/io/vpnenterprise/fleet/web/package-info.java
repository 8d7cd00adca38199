/** Nodes and servers over HTTP. Start reading at {@link io.vpnenterprise.fleet.web.ServersResource}. */
package io.vpnenterprise.fleet.web;
