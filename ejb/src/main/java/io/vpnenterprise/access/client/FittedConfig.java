package io.vpnenterprise.access.client;

import io.vpnenterprise.access.ClientConfig;
import io.vpnenterprise.fleet.AddressBlock;
import io.vpnenterprise.platform.QrCode;
import io.vpnenterprise.platform.VpnException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A connection's configuration, fitted to a client. */
public record FittedConfig(ClientConfig config, ClientPolicy policy) {

    /**
     * Version 25 of ISO/IEC 18004 at level L: 117 modules a side, 125 with the quiet zone, which is 4 pixels for each in our
     * picture of 512. Beyond it a module gets 3 and at most 2, and fewer pixels of a phone's camera than it needs.
     */
    static final int MAX_QR_BYTES = 1_273;

    private static final String TEXT = "text/plain";

    static FittedConfig of(ClientConfig config, ClientPolicy policy) {
        if (!policy.split() && !policy.killSwitch()) {
            return new FittedConfig(policy.applyTo(config, List.of()), policy);
        }
        Endpoint endpoint = Endpoint.parse(config.server().endpoint());
        List<AddressBlock> addresses = endpoint.addresses();
        // Behind a closed kill switch no name is resolved.
        boolean replace = policy.killSwitch() && endpoint.isName() && !addresses.isEmpty();
        ClientConfig reached = replace ? config.at(endpoint.at(addresses.get(0))) : config;
        return new FittedConfig(policy.applyTo(reached, addresses), policy);
    }

    /** The file that {@code wg-quick up} takes. */
    public String conf() {
        boolean closes = policy.killSwitch() && policy.platform().equals(Optional.of(Platform.LINUX));
        return WgQuickFile.of(config, closes ? KillSwitch.commands(config) : List.of());
    }

    /** The same as a picture; empty when it is too large for phones' cameras. */
    public Optional<byte[]> qr() {
        String conf = conf();
        return bytes(conf) > MAX_QR_BYTES ? Optional.empty() : Optional.of(QrCode.png(conf));
    }

    ClientFile file(ClientWish wish) {
        return switch (wish.format()) {
            case CONF -> ClientFile.of("vpn.conf", TEXT, conf());
            case QR -> new ClientFile("vpn.png", "image/png", requireQr());
            case MOBILECONFIG ->
                ClientFile.of(
                        "vpn.mobileconfig",
                        "application/x-apple-aspen-config",
                        AppleProfile.of(
                                config,
                                policy.platform().filter(Platform::isApple).orElse(Platform.IOS),
                                wish.onDemand() || policy.killSwitch(),
                                policy.killSwitch()));
            case NETWORKMANAGER -> ClientFile.of("vpn.nmconnection", TEXT, NetworkManagerFile.of(config));
            case NETWORKD -> new ClientFile("vpn-networkd.zip", "application/zip", NetworkdFiles.zip(config));
        };
    }

    private byte[] requireQr() {
        return qr().orElseThrow(() -> new VpnException(
                ClientError.QR_TOO_LARGE,
                bytes(conf()) + " bytes, at most " + MAX_QR_BYTES + "; take the file, or fewer split tunnel rules"));
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public String toString() {
        return "FittedConfig[" + config + "]";
    }
}
