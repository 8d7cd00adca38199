/**
 * The audit over HTTP: everybody's own entries, all of them for admins, export and verification. Start reading at {@link
 * io.vpnenterprise.audit.web.AuditResource}.
 */
package io.vpnenterprise.audit.web;
