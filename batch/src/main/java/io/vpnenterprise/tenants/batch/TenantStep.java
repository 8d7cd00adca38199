package io.vpnenterprise.tenants.batch;

import io.vpnenterprise.tenants.TenantSteps;
import jakarta.batch.api.AbstractBatchlet;
import jakarta.batch.api.BatchProperty;
import jakarta.batch.runtime.context.StepContext;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.util.UUID;

/** A step of a tenant's job: the one that its id names. */
@Dependent
@Named
public class TenantStep extends AbstractBatchlet {

    @Inject
    @BatchProperty
    String run;

    @Inject
    StepContext step;

    @Inject
    TenantSteps steps;

    @Override
    public String process() {
        steps.run(UUID.fromString(run), step.getStepName());
        return "done";
    }
}
