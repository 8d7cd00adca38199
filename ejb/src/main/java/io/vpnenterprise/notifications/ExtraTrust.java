package io.vpnenterprise.notifications;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Whose certificates we believe when we call out: those that the JDK does, and the operator's own. */
@ApplicationScoped
class ExtraTrust {

    @Inject
    NotificationsConfig config;

    private SSLSocketFactory sockets;

    @PostConstruct
    void prepare() {
        sockets = config.trustFile().map(ExtraTrust::trusting).orElseGet(() ->
                (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    SSLSocketFactory sockets() {
        return sockets;
    }

    private static SSLSocketFactory trusting(Path file) {
        try (InputStream pem = Files.newInputStream(file)) {
            KeyStore both = KeyStore.getInstance(KeyStore.getDefaultType());
            both.load(null, null);
            for (X509Certificate known : ofTheJdk().getAcceptedIssuers()) {
                both.setCertificateEntry("jdk " + known.getSerialNumber() + known.getSubjectX500Principal(), known);
            }
            for (Certificate own : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                both.setCertificateEntry("own " + both.size(), own);
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(both);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("vpn.notifications.trust-file cannot be read: " + file, e);
        }
    }

    private static X509TrustManager ofTheJdk() throws GeneralSecurityException {
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init((KeyStore) null);
        return Arrays.stream(managers.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .orElseThrow();
    }
}
