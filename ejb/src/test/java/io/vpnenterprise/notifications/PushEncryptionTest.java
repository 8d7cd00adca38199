package io.vpnenterprise.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class PushEncryptionTest {

    private static final byte[] BROWSER_KEY =
            decoded("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
    private static final byte[] OUR_POINT =
            decoded("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");

    /** RFC 8291, appendix A. */
    @Test
    void encryptsTheStandardsExampleToTheStandardsBytes() throws GeneralSecurityException {
        byte[] encrypted = PushEncryption.encrypt(
                decoded("V2hlbiBJIGdyb3cgdXAsIEkgd2FudCB0byBiZSBhIHdhdGVybWVsb24"),
                BROWSER_KEY,
                decoded("BTBZMqHH6r4Tts7J_aSIgg"),
                pair(decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), OUR_POINT),
                decoded("DGv6ra1nlYgDCS1FRnbzlw"));

        assertThat(Base64.getUrlEncoder().withoutPadding().encodeToString(encrypted))
                .isEqualTo(
                        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
                                + "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
                                + "lcy4a-fN");
    }

    @Test
    void neverEncryptsTheSameToTheSame() {
        byte[] auth = new byte[PushEncryption.AUTH_BYTES];

        assertThat(PushEncryption.encrypt(new byte[1], BROWSER_KEY, auth))
                .isNotEqualTo(PushEncryption.encrypt(new byte[1], BROWSER_KEY, auth));
    }

    @Test
    void refusesAPointThatIsNotOfTheCurve() {
        byte[] elsewhere = BROWSER_KEY.clone();
        elsewhere[64] ^= 1;

        assertThat(PushEncryption.isKey(BROWSER_KEY)).isTrue();
        assertThat(PushEncryption.isKey(elsewhere)).isFalse();
        assertThat(PushEncryption.isKey(new byte[65])).isFalse();
        assertThat(PushEncryption.isKey(Arrays.copyOf(BROWSER_KEY, 64))).isFalse();
    }

    private static KeyPair pair(byte[] secret, byte[] point) throws GeneralSecurityException {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
        KeyFactory keys = KeyFactory.getInstance("EC");
        ECPoint at = new ECPoint(
                new BigInteger(1, Arrays.copyOfRange(point, 1, 33)),
                new BigInteger(1, Arrays.copyOfRange(point, 33, 65)));
        return new KeyPair(
                keys.generatePublic(new ECPublicKeySpec(at, curve)),
                keys.generatePrivate(new ECPrivateKeySpec(new BigInteger(1, secret), curve)));
    }

    private static byte[] decoded(String text) {
        return Base64.getUrlDecoder().decode(text);
    }
}
