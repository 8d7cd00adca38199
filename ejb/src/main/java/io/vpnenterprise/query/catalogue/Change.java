package io.vpnenterprise.query.catalogue;

/**
 * A change of a tenant's database, for the audit.
 *
 * @param action the audit's word
 * @param what it was done to, for people to read
 * @param count of rows or statements
 */
public record Change(String action, String what, long count) {}
