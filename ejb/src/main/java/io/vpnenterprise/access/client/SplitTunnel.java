package io.vpnenterprise.access.client;

import io.vpnenterprise.platform.VpnException;
import java.util.Comparator;
import java.util.List;

/**
 * What goes through a tunnel, compiled from rules.
 *
 * <p>The rules are applied in the order of their priorities, so that of two that overlap the one with the higher priority
 * holds; at the same priority the includes come first, and an exclude holds. The first of them says what it begins with: an
 * include with nothing, an exclude with everything. So excludes alone leave everything else, and includes and excludes of
 * one priority are the includes less the excludes.
 */
final class SplitTunnel {

    /** Each becomes a route on the client; wg-quick adds them one process after the other, a few milliseconds each. */
    static final int MAX_NETWORKS = 2_000;

    private static final Comparator<SplitTunnelRule.Spec> ORDER =
            Comparator.comparingInt(SplitTunnelRule.Spec::priority).thenComparing(rule -> !rule.include());

    private SplitTunnel() {}

    /** @throws VpnException {@code TOO_MANY_NETWORKS} */
    static PrefixSet compile(List<SplitTunnelRule.Spec> rules) {
        List<SplitTunnelRule.Spec> ordered = rules.stream().sorted(ORDER).toList();
        PrefixSet inside = ordered.isEmpty() || !ordered.get(0).include() ? PrefixSet.EVERYTHING : PrefixSet.EMPTY;
        for (SplitTunnelRule.Spec rule : ordered) {
            PrefixSet network = PrefixSet.of(Networks.own(List.of(rule.network())));
            inside = rule.include() ? inside.plus(network) : inside.minus(network);
        }
        return requireFew(inside);
    }

    /** Of what a client must be told one by one. */
    static PrefixSet requireFew(PrefixSet set) {
        int networks = set.blocks().size();
        if (networks > MAX_NETWORKS) {
            throw new VpnException(ClientError.TOO_MANY_NETWORKS, networks + " networks, at most " + MAX_NETWORKS);
        }
        return set;
    }
}
