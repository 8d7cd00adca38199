/** The jobs of tenants: their XML names the steps, which are in {@link io.vpnenterprise.tenants.TenantSteps}. */
package io.vpnenterprise.tenants.batch;
