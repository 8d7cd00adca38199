package io.vpnenterprise.identity;

/** What a right password comes to: a session, or the question for a second factor. */
public sealed interface SignInOutcome permits SignIn, SecondFactorAsked {}
