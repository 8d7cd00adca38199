/** The SQL assistant over HTTP. */
package io.vpnenterprise.query.assistant.web;
