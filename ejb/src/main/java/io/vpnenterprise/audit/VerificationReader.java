package io.vpnenterprise.audit;

import io.vpnenterprise.audit.AuditVerification.Verdict;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.UUID;

/** Reads the log for a verification, without a transaction around it: it takes as long as it takes. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class VerificationReader {

    @Inject
    VerificationRuns runs;

    @Inject
    AuditVerification verification;

    /** Safe to run twice: it begins anew, and the first verdict stands. */
    public Verdict read(UUID run) {
        Verdict verdict = verification.read(runs.require(run).question(), entries -> runs.beat(run, entries));
        runs.end(run, verdict);
        return verdict;
    }
}
