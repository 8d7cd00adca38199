package io.vpnenterprise.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/** Random secrets, kept in files that only their owner may read. */
final class Secrets {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Secrets() {}

    /** 32 bytes in base64: the form of the product's master key. */
    static String masterKey() {
        return Base64.getEncoder().encodeToString(bytes(32));
    }

    /** 128 bits in characters that need no quoting in a URL, a configuration file or a terminal. */
    static String password() {
        return HexFormat.of().formatHex(bytes(16));
    }

    /** The secret in this file; made and written first when there is none. */
    static String keep(Path file, String fresh) {
        try {
            if (!Files.exists(file)) {
                write(file, fresh);
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + file, e);
        }
    }

    /** Written beside its place and renamed: a crash leaves a whole secret or none. */
    static void write(Path file, String secret) {
        Path unfinished = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(unfinished);
            Files.createFile(
                    unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(unfinished, secret + "\n", StandardOpenOption.WRITE);
            Files.move(unfinished, file);
        } catch (IOException e) {
            throw new UncheckedIOException("writing " + file, e);
        }
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
