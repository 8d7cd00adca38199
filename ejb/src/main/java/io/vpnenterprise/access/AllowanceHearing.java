package io.vpnenterprise.access;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.FirstStep;
import io.vpnenterprise.platform.OutboxEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Hears what may change members' allowances, and holds the peers that are there to them: about a second later their hosts
 * have other rates. Each start looks at all, since settings may be others.
 */
@ApplicationScoped
class AllowanceHearing implements FirstStep {

    @Inject
    PeerTerms terms;

    @Inject
    PeerWriter writer;

    @Override
    public int order() {
        return 60;
    }

    @Override
    public void take() {
        change(terms.all());
    }

    void hear(@Observes OutboxEvent event) {
        event.as(AuditEvent.class).ifPresent(audit -> {
            switch (audit.action()) {
                case "user.allowance-changed",
                        "member.joined",
                        "member.left",
                        "member.removed",
                        "organisation.created" -> change(terms.ofUser(audit.subjectId()));
                case "organisation.updated" -> change(terms.ofOrganisation(audit.organisationId()));
                // Nobody belongs to it any more.
                case "organisation.deleted" -> change(terms.all());
                default -> {}
            }
        });
    }

    private void change(List<PeerTerms.Held> held) {
        // One after the other, each in a transaction of its own: nobody holds two servers.
        new TreeMap<>(terms.differing(held)).forEach((serverId, wanted) -> {
            terms.change(serverId, wanted);
            UUID nodeId = wanted.get(0).nodeId();
            writer.wake(nodeId);
        });
    }
}
