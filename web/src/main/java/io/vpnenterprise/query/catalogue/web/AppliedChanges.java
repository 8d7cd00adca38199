package io.vpnenterprise.query.catalogue.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.query.catalogue.SchemaChanges;
import io.vpnenterprise.query.catalogue.StructureChange;
import io.vpnenterprise.query.catalogue.web.StructureBodies.SqlView;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.UUID;

/** Changes of structure, shown or run: the same statements. */
@ApplicationScoped
class AppliedChanges {

    @Inject
    SchemaChanges changes;

    Response answer(
            Caller caller,
            UUID tenantId,
            String dryRun,
            String what,
            List<StructureChange> wanted,
            Response.Status status) {
        if (isTrue("dryRun", dryRun)) {
            return Response.ok(new SqlView(changes.preview(caller, tenantId, wanted), false))
                    .build();
        }
        return Response.status(status)
                .entity(new SqlView(changes.apply(caller, tenantId, what, wanted), true))
                .build();
    }

    /** What is neither true nor false is refused: a misspelt wish to look would else be one to run. */
    static boolean isTrue(String name, String text) {
        return switch (text == null ? "false" : text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw VpnException.ofField(PlatformError.INVALID_PARAMETER, name, "true or false");
        };
    }
}
