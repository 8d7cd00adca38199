package io.vpnenterprise.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;

/**
 * A key and a certificate that it signed itself, as PostgreSQL reads them: made once by the JDK's keytool. Whoever connects
 * is encrypted, and can pin the certificate; an operator puts one of his own authority in its place.
 */
record ServerCertificate(Path certificate, Path key) {

    private static final String ALIAS = "postgresql";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int DAYS = 3_650;

    /** The one in this directory, made first when there is none. */
    static ServerCertificate keep(Path directory) {
        ServerCertificate kept =
                new ServerCertificate(directory.resolve("server.crt"), directory.resolve("server.key"));
        // The key is written last.
        if (!Files.exists(kept.key())) {
            kept.make(directory.resolve("server.p12"));
        }
        return kept;
    }

    private void make(Path store) {
        String password = Secrets.password();
        try {
            Files.deleteIfExists(store);
            // The password is of a file that is gone when this returns.
            Command.of(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            ALIAS,
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=localhost",
                            "-ext",
                            "SAN=dns:localhost,ip:127.0.0.1",
                            "-validity",
                            Integer.toString(DAYS),
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            store.toString(),
                            "-storepass",
                            password)
                    .require(LIMIT);
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, password.toCharArray());
            }
            Files.delete(store);
            Files.writeString(
                    certificate, pem("CERTIFICATE", keys.getCertificate(ALIAS).getEncoded()));
            Secrets.write(
                    key,
                    pem(
                            "PRIVATE KEY",
                            keys.getKey(ALIAS, password.toCharArray()).getEncoded()));
        } catch (IOException | GeneralSecurityException e) {
            throw new LaunchException("No certificate can be made in " + store.getParent() + ": " + e.getMessage(), e);
        }
    }

    private static String pem(String what, byte[] content) {
        String base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        return "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n";
    }
}
