package io.vpnenterprise.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A certificate for {@code localhost}, made by the JDK's keytool, and its PEM for whoever shall trust it. */
record TestCertificate(SSLContext context, Path pem) {

    private static final char[] PASSWORD = "test-only".toCharArray();

    static TestCertificate make() {
        try {
            Path directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "certificate");
            Path store = directory.resolve("store.p12");
            Path pem = directory.resolve("certificate.pem");
            String keytool =
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
            Program.run(
                            keytool,
                            "-genkeypair",
                            "-alias",
                            "test",
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=localhost",
                            "-ext",
                            "SAN=dns:localhost",
                            "-validity",
                            "2",
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            store.toString(),
                            "-storepass",
                            new String(PASSWORD))
                    .orFail();
            Program.run(
                            keytool,
                            "-exportcert",
                            "-rfc",
                            "-alias",
                            "test",
                            "-file",
                            pem.toString(),
                            "-keystore",
                            store.toString(),
                            "-storepass",
                            new String(PASSWORD))
                    .orFail();
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, PASSWORD);
            }
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return new TestCertificate(context, pem);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
