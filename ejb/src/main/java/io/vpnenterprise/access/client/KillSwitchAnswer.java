package io.vpnenterprise.access.client;

import io.vpnenterprise.access.ClientConfig;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What keeps a platform's packets in the tunnel.
 *
 * @param mechanism {@code nftables} where the rules are ours, {@code client} where the client has its own
 * @param how what to do, and what it does not do
 * @param ruleset the file for {@code nft -f}
 * @param preUp lines for wg-quick's {@code [Interface]}, instead of the file
 * @param turnOff the command that opens it again
 */
public record KillSwitchAnswer(
        Platform platform,
        String mechanism,
        String how,
        Optional<String> ruleset,
        Optional<String> preUp,
        Optional<String> turnOff) {

    static final String FILE_NAME = "vpn-kill-switch.nft";

    static KillSwitchAnswer of(Platform platform, ClientConfig config, String interfaceName, boolean lan) {
        return switch (platform) {
            case LINUX ->
                new KillSwitchAnswer(
                        platform,
                        "nftables",
                        "Load the ruleset with nft -f before the tunnel is up, or put preUp into wg-quick's [Interface]; a"
                                + " device whose settings have killSwitch gets it there by itself. There is no PostDown:"
                                + " what wg-quick undoes when it ends would also be undone when it fails, and the"
                                + " packets would go out. When the server changes, load the new one over it.",
                        Optional.of(KillSwitch.of(config, interfaceName, lan).file()),
                        Optional.of(KillSwitch.commands(config).stream()
                                .map(command -> "PreUp = " + command)
                                .collect(Collectors.joining("\n"))),
                        Optional.of(KillSwitch.TURN_OFF));
            case WINDOWS ->
                client(
                        platform,
                        "WireGuard for Windows blocks everything beside the tunnel by itself while a tunnel is active whose"
                                + " AllowedIPs hold 0.0.0.0/0 and ::/0 and whose file has one peer. It does not with a"
                                + " split tunnel, nor after somebody deactivates the tunnel.");
            case IOS, MACOS ->
                client(
                        platform,
                        "Set killSwitch in the device's settings and fetch format=mobileconfig: the profile then has"
                                + " IncludeAllNetworks, by which the system drops what does not go through the tunnel,"
                                + " and an on-demand rule that brings the tunnel up whenever there is a network.");
            case ANDROID ->
                client(
                        platform,
                        "In Android's settings, under Network, VPN, WireGuard, turn on Always-on VPN and Block connections"
                                + " without VPN: no app can do this for its user.");
        };
    }

    private static KillSwitchAnswer client(Platform platform, String how) {
        return new KillSwitchAnswer(platform, "client", how, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The ruleset as a file; empty where there is none. */
    public Optional<ClientFile> file() {
        return ruleset.map(text -> ClientFile.of(FILE_NAME, "text/plain", text));
    }
}
