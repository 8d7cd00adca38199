package io.vpnenterprise.node;

/** A change that the device did not take, and the reason it gave. */
public record RefusedChange(PeerChange change, String reason) {}
