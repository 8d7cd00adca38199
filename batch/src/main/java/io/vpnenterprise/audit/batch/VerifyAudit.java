package io.vpnenterprise.audit.batch;

import io.vpnenterprise.audit.VerificationReader;
import jakarta.batch.api.AbstractBatchlet;
import jakarta.batch.api.BatchProperty;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.util.UUID;

/** The step of {@code verify-audit}: reads the log for one row of verifications. */
@Dependent
@Named
public class VerifyAudit extends AbstractBatchlet {

    @Inject
    @BatchProperty
    String run;

    @Inject
    VerificationReader reader;

    @Override
    public String process() {
        return reader.read(UUID.fromString(run))
                .touched()
                .map(touched -> "touched at " + touched.sequence())
                .orElse("whole");
    }
}
