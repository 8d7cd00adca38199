/**
 * Sign-in by other providers, by OpenID Connect.
 *
 * <p>Words: a <b>provider</b> proves to us who somebody is; a <b>person</b> is who that is at the provider; an
 * <b>identity</b> is a person's account there, linked to one of our users.
 *
 * <p>Calls {@code identity} and {@code platform}; is called by the edges alone. Start reading at {@link
 * io.vpnenterprise.identity.provider.ExternalSignIns}, then {@link io.vpnenterprise.identity.provider.ExternalIdentityRows}
 * for whose account it is, and {@link io.vpnenterprise.identity.provider.OidcClient}.
 */
package io.vpnenterprise.identity.provider;
