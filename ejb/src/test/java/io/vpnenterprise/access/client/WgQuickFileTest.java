package io.vpnenterprise.access.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.LuminanceSource;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import io.vpnenterprise.access.ClientConfig;
import io.vpnenterprise.platform.VpnException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class WgQuickFileTest {

    @Test
    void isWhatWgQuickReads() {
        assertThat(WgQuickFile.of(Configs.plain(Optional.of("PRIVATE"), List.of("1.1.1.1", "1.0.0.1"), false)))
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
                        Endpoint = 192.0.2.7:51820
                        PersistentKeepalive = 25
                        """);
    }

    @Test
    void holdsAPlaceForAPrivateKeyThatOnlyTheMemberHas() {
        assertThat(WgQuickFile.of(Configs.plain(Optional.empty(), List.of(), false)))
                .contains("PrivateKey = " + WgQuickFile.PLACEHOLDER)
                .doesNotContain("DNS");
    }

    @Test
    void saysThatItIsSimulated() {
        assertThat(WgQuickFile.of(Configs.plain(Optional.empty(), List.of(), true)))
                .startsWith("# SIMULATED");
    }

    @Test
    void closesTheKillSwitchBeforeThereIsAnInterfaceOnLinuxAlone() {
        assertThat(fitted(Optional.of(Platform.LINUX), true).conf())
                .contains("\nPreUp = nft '")
                .doesNotContain("PostDown", "PreDown");
        assertThat(fitted(Optional.of(Platform.WINDOWS), true).conf()).doesNotContain("PreUp");
        assertThat(fitted(Optional.of(Platform.LINUX), false).conf()).doesNotContain("PreUp");
    }

    @Test
    void neverShowsItsSecretsInALog() {
        ClientConfig config = Configs.plain(Optional.of("PRIVATE"), List.of(), false);
        FittedConfig fitted = FittedConfig.of(config, Configs.everything(Optional.empty(), false));
        assertThat(List.of(config, fitted, fitted.file(ClientWish.NONE)).toString())
                .doesNotContain("PRIVATE")
                .doesNotContain("SHARED");
    }

    @Test
    void isTheSameAsAQrCode() throws Exception {
        FittedConfig fitted = fitted(Optional.empty(), false);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(fitted.qr().orElseThrow()));
        int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        LuminanceSource source = new RGBLuminanceSource(image.getWidth(), image.getHeight(), pixels);
        assertThat(new QRCodeReader()
                        .decode(new BinaryBitmap(new HybridBinarizer(source)))
                        .getText())
                .isEqualTo(fitted.conf());
    }

    @Test
    void isRefusedAsAQrCodeWhenNoCameraReadsIt() {
        ClientConfig large = Configs.plain(Optional.of("PRIVATE"), List.of(), false)
                .with(1_420, List.of(), Collections.nCopies(100, "198.51.100.0/24"));
        FittedConfig fitted = new FittedConfig(large, Configs.everything(Optional.empty(), false));
        assertThat(fitted.qr()).isEmpty();
        assertThatThrownBy(
                        () -> fitted.file(new ClientWish(ClientFormat.QR, Optional.empty(), Optional.empty(), false)))
                .isInstanceOfSatisfying(
                        VpnException.class, e -> assertThat(e.code()).isEqualTo(ClientError.QR_TOO_LARGE))
                .hasMessageContaining("1273");
    }

    private static FittedConfig fitted(Optional<Platform> platform, boolean killSwitch) {
        return FittedConfig.of(
                Configs.plain(Optional.of("PRIVATE"), List.of("1.1.1.1"), false),
                Configs.everything(platform, killSwitch));
    }
}
