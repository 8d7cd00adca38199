package io.vpnenterprise.platform;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Draws a text as a QR code (ISO/IEC 18004), which WireGuard's mobile clients and authenticator apps scan. */
public final class QrCode {

    private static final int SIDE_PIXELS = 512;
    private static final int QUIET_MODULES = 4;

    private QrCode() {}

    /** A PNG of 512 by 512 pixels. */
    public static byte[] png(String text) {
        try {
            BitMatrix modules = new QRCodeWriter()
                    .encode(
                            text,
                            BarcodeFormat.QR_CODE,
                            SIDE_PIXELS,
                            SIDE_PIXELS,
                            Map.of(
                                    EncodeHintType.CHARACTER_SET,
                                    "UTF-8",
                                    EncodeHintType.ERROR_CORRECTION,
                                    ErrorCorrectionLevel.L,
                                    EncodeHintType.MARGIN,
                                    QUIET_MODULES));
            BufferedImage image = new BufferedImage(SIDE_PIXELS, SIDE_PIXELS, BufferedImage.TYPE_BYTE_BINARY);
            draw(modules, ((DataBufferByte) image.getRaster().getDataBuffer()).getData());
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            // Without this stream ImageIO would make a temporary file for each picture.
            try (ImageOutputStream out = new MemoryCacheImageOutputStream(png)) {
                ImageIO.write(image, "png", out);
            }
            return png.toByteArray();
        } catch (WriterException e) {
            throw new IllegalArgumentException("too long for a QR code", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the image's own bytes, of eight pixels each: going by its pixels took most of a connect's time. */
    private static void draw(BitMatrix modules, byte[] pixels) {
        int rowBytes = SIDE_PIXELS / Byte.SIZE;
        for (int at = 0; at < pixels.length; at++) {
            int eight = 0;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                boolean black = modules.get(at % rowBytes * Byte.SIZE + bit, at / rowBytes);
                eight = eight << 1 | (black ? 0 : 1);
            }
            pixels[at] = (byte) eight;
        }
    }
}
