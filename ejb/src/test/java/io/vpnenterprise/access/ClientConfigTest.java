package io.vpnenterprise.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.LuminanceSource;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import io.vpnenterprise.fleet.Server;
import io.vpnenterprise.fleet.ServerCandidate;
import io.vpnenterprise.platform.QrCode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ClientConfigTest {

    @Test
    void writesWhatWgQuickReads() {
        assertThat(config(Optional.of("PRIVATE"), List.of("1.1.1.1", "1.0.0.1"), false)
                        .conf())
                .isEqualTo("""
                        [Interface]
                        PrivateKey = PRIVATE
                        Address = 10.64.0.2/32, fd5e:91b7:2c40::2/128
                        DNS = 1.1.1.1, 1.0.0.1
                        MTU = 1420

                        [Peer]
                        PublicKey = SERVER
                        PresharedKey = SHARED
                        AllowedIPs = 0.0.0.0/0, ::/0
                        Endpoint = vpn.example.org:51820
                        PersistentKeepalive = 25
                        """);
    }

    @Test
    void holdsAPlaceForAPrivateKeyThatOnlyTheMemberHas() {
        assertThat(config(Optional.empty(), List.of(), false).conf())
                .contains("PrivateKey = " + ClientConfig.PLACEHOLDER)
                .doesNotContain("DNS");
    }

    @Test
    void saysThatItIsSimulated() {
        assertThat(config(Optional.empty(), List.of(), true).conf()).startsWith("# SIMULATED");
    }

    @Test
    void neverShowsItsSecretsInALog() {
        assertThat(config(Optional.of("PRIVATE"), List.of(), false).toString())
                .doesNotContain("PRIVATE")
                .doesNotContain("SHARED");
    }

    @Test
    void isTheSameAsAQrCode() throws Exception {
        String conf = config(Optional.of("PRIVATE"), List.of("1.1.1.1"), false).conf();
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(QrCode.png(conf)));
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        LuminanceSource source = new RGBLuminanceSource(image.getWidth(), image.getHeight(), pixels);
        assertThat(new QRCodeReader()
                        .decode(new BinaryBitmap(new HybridBinarizer(source)))
                        .getText())
                .isEqualTo(conf);
    }

    private static ClientConfig config(Optional<String> privateKey, List<String> dns, boolean simulated) {
        UUID id = UUID.randomUUID();
        Device device = new Device(id, "laptop", "CLIENT", OffsetDateTime.now());
        Peer peer = new Peer(
                id,
                id,
                id,
                "vp0",
                device.id(),
                Peer.State.ACTIVE,
                "CLIENT",
                new byte[0],
                2,
                "10.64.0.2",
                "fd5e:91b7:2c40::2");
        ServerCandidate server = new ServerCandidate(
                id,
                id,
                "first",
                "us-east",
                "SERVER",
                "vpn.example.org:51820",
                "10.64.0.0/22",
                "fd5e:91b7:2c40::/64",
                1_000,
                1,
                true,
                simulated,
                100,
                Server.Intake.OPEN,
                Optional.empty());
        return ClientConfig.of(device, peer, server, "SHARED", privateKey, dns);
    }
}
