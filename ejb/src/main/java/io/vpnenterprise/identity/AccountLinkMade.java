package io.vpnenterprise.identity;

import java.util.UUID;

/** A link is to be mailed: {@link AccountLinks#find} tells whom and what, as long as it works. */
public record AccountLinkMade(UUID linkId) {}
