/**
 * Who the members are, and how they prove it.
 *
 * <p>Words: a <b>user</b> is an account; a <b>role</b> is what the platform lets it do, set by the server alone; a
 * <b>session</b> is one sign-in, carried as {@code sid} in every token; an <b>epoch</b> counts up when all older tokens of
 * a user must stop; a <b>refresh token</b> is used once and gets a successor; a <b>replay</b>, the use of one that two must
 * have, ends its session; a <b>second factor</b> is what an account proves itself with beside its password, on a
 * <b>challenge</b>; a <b>passkey</b> is a key pair in its owner's device, which is both factors at once; a <b>try</b> is taken before
 * a password is looked at; a <b>known device</b> is a browser or client that a user signed in with before, told by its token;
 * a <b>link</b> is mailed, and works once; an <b>API key</b> is a program's way in; an <b>organisation</b> is people who
 * belong together, and a <b>member</b> of it has a role there that says nothing about his account.
 *
 * <p>Calls {@code platform}; is called by the edges and by every feature that asks for a user. Start reading at {@link
 * io.vpnenterprise.identity.Accounts}, then {@link io.vpnenterprise.identity.RefreshTokens} for what keeps somebody signed
 * in, {@link io.vpnenterprise.identity.provider} for other providers, {@link io.vpnenterprise.identity.Users} for what
 * admins do, and {@link io.vpnenterprise.identity.TokenVerifier}.
 */
package io.vpnenterprise.identity;
