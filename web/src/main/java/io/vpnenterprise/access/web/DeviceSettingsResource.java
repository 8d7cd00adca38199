package io.vpnenterprise.access.web;

import io.vpnenterprise.access.client.ClientDevices;
import io.vpnenterprise.access.client.DeviceSettings;
import io.vpnenterprise.access.client.DnsLevel;
import io.vpnenterprise.access.client.Platform;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What a device's configurations are like, unless a request says otherwise. */
@Path("vpn/devices/{id}/settings")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "vpn")
@Tag(name = "Clients")
public class DeviceSettingsResource {

    /**
     * A device's settings, as a client writes and reads them; what is absent is the default.
     *
     * @param platform {@code ios}, {@code android}, {@code windows}, {@code macos} or {@code linux}
     * @param dnsLevel {@code standard}, {@code high} or {@code maximum}; absent: the operator's name servers
     * @param mtu in bytes, 1280 to 1500; absent: the platform's
     */
    public record Settings(String platform, String dnsLevel, boolean killSwitch, Integer mtu) {
        static Settings from(DeviceSettings settings) {
            return new Settings(
                    settings.platform().map(Platform::label).orElse(null),
                    settings.dns().map(DnsLevel::label).orElse(null),
                    settings.killSwitch(),
                    settings.mtu().orElse(null));
        }

        DeviceSettings settings() {
            return new DeviceSettings(
                    Platform.parse("platform", platform),
                    DnsLevel.parse("dnsLevel", dnsLevel),
                    killSwitch,
                    Optional.ofNullable(mtu));
        }
    }

    @Inject
    ClientDevices devices;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "What the device's configurations are like")
    public Settings get(@PathParam("id") UUID id) {
        return Settings.from(devices.settings(CallerContext.caller(security), id));
    }

    @PUT
    @Operation(summary = "Says what the device's configurations fetched from now on are like")
    public Settings change(@PathParam("id") UUID id, Settings settings) {
        return Settings.from(devices.change(CallerContext.caller(security), id, settings.settings()));
    }
}
