package io.vpnenterprise.query;

import io.vpnenterprise.platform.Expirable;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** What members ran long ago. */
@ApplicationScoped
class ExpiredQueries implements Expirable {

    @Inject
    Sql sql;

    @Inject
    QueryConfig config;

    @Override
    public String name() {
        return "tenant-queries";
    }

    /** Also ends what no plan lets run for so long: its application node died. */
    @Override
    public int removeExpired() {
        sql.update("""
                UPDATE tenant_queries SET outcome = 'UNKNOWN', ended_at = now()
                WHERE outcome = 'RUNNING' AND began_at < now() - interval '1 day'""");
        return sql.update(
                "DELETE FROM tenant_queries WHERE began_at < now() - make_interval(secs => ?)",
                config.historyKept().toSeconds());
    }
}
