package io.vpnenterprise.identity;

/** An organisation, and what somebody is in it. */
public record Membership(Organisation organisation, OrganisationRole role) {}
