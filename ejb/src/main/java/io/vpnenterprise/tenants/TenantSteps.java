package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.JobRun;
import io.vpnenterprise.platform.JobRuns;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The steps of the jobs of tenants, each safe to run twice: what a job's XML names is here. The last one of each job makes
 * true in the database, in one transaction with the job's end, what the others did in the cluster.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class TenantSteps {

    private static final Logger LOG = Logger.getLogger(TenantSteps.class.getName());

    @Inject
    JobRuns runs;

    @Inject
    TenantRows rows;

    @Inject
    PostgresDatabases databases;

    /**
     * Runs a step.
     *
     * @throws VpnException when it failed: the run is tried again later, from its first step, or given up
     */
    public void run(UUID runId, String step) {
        JobRun run = runs.begin(runId, step);
        try {
            TenantRows.Work work = rows.work(run);
            run(run, step, work, work.tenant().names());
            runs.end(runId, step);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "job " + run.job() + " of tenant " + run.subjectId() + " failed in " + step, e);
            VpnException told = e instanceof VpnException known ? known : null;
            rows.failed(
                    run,
                    told == null ? "something failed on our side" : told.getMessage(),
                    told != null && told.code() == TenantError.TENANT_NOT_READY);
            throw e;
        }
    }

    private void run(JobRun run, String step, TenantRows.Work work, DatabaseNames names) {
        switch (step) {
            case "create-roles" -> databases.createRoles(names, work.passwords());
            case "create-database" -> databases.createDatabase(names);
            case "isolate" -> databases.isolate(names);
            case "apply-limits" -> databases.applyLimits(names, work.plan());
            case "set-passwords" -> databases.setPasswords(names, work.passwords());
            case "prove-logins" -> databases.proveLogins(names, work.passwords());
            case "close-database" -> databases.close(names);
            case "reopen-database" -> databases.reopen(names);
            case "remove-database" -> databases.remove(names);
            case "mark-ready" -> rows.ready(run, work.tenant());
            case "mark-suspended" -> rows.suspended(run, work.tenant());
            case "mark-resumed" -> rows.resumed(run, work.tenant());
            case "mark-scaled" -> rows.scaled(run, work.tenant(), work.plan());
            case "mark-rotated" -> rows.rotated(run, work.tenant());
            case "mark-recovered" -> rows.recovered(run, work.tenant());
            case "mark-retired" -> rows.retired(run, work.tenant());
            case "mark-gone" -> rows.gone(run, work.tenant());
            default -> throw new IllegalArgumentException("no step is called " + step);
        }
    }
}
