/** The HTTP edge of notifications. Start reading at {@link io.vpnenterprise.notifications.web.MailsResource}. */
package io.vpnenterprise.notifications.web;
