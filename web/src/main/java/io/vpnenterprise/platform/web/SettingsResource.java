package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Settings;
import io.vpnenterprise.platform.Startup;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What this application node runs with. */
@Path("admin/settings")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.SUPER_ADMIN)
@Tag(name = "Administration")
public class SettingsResource {

    /**
     * One setting.
     *
     * @param name of the environment variable
     * @param value in effect; of a secret, a mask
     */
    public record SettingView(String name, String value, String defaultValue, String range) {
        static SettingView from(Settings.Known known) {
            return new SettingView(known.name(), known.value(), known.otherwise(), known.range());
        }
    }

    /** All of them, in the order of names. */
    public record SettingViews(List<SettingView> settings) {}

    @Inject
    Startup startup;

    @GET
    @Operation(summary = "The settings in effect on the application node that answers, secrets masked")
    public SettingViews settings() {
        return new SettingViews(
                startup.settings().stream().map(SettingView::from).toList());
    }
}
