/**
 * The assembled product, from outside: over HTTP, on real servers, PostgreSQL, WireGuard devices and network namespaces.
 *
 * <p>Start reading at {@link io.vpnenterprise.systemtests.Product}, which starts it, and {@link
 * io.vpnenterprise.systemtests.Api}, which calls it.
 */
package io.vpnenterprise.systemtests;
