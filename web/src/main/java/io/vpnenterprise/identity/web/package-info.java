/** Sign-up, sign-in, tokens and keys over HTTP. Start reading at {@link io.vpnenterprise.identity.web.AuthResource}. */
package io.vpnenterprise.identity.web;
