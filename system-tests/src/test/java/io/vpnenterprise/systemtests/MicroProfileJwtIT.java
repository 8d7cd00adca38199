package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vpnenterprise.launcher.PayaraMicro;
import io.vpnenterprise.launcher.Ports;
import io.vpnenterprise.launcher.ServerSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our access tokens are MicroProfile JWT's: another application, on a Payara Micro of its own, accepts them by its server's
 * implementation, with nothing of ours but the address of our keys.
 */
class MicroProfileJwtIT {

    private final Product product = Product.shared();

    @Test
    void acceptsOurTokensByTheKeySetAlone(@TempDir java.nio.file.Path directory) throws IOException {
        String email = Api.newEmail();
        Api member = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        java.nio.file.Path archives = Files.createDirectory(directory.resolve("archives"));
        for (String jar : List.of("payara-micro.jar", "postgresql.jar")) {
            Files.createSymbolicLink(
                    archives.resolve(jar),
                    Product.Kind.PAYARA_MICRO.archives().resolve(jar).toAbsolutePath());
        }
        writeApplication(archives.resolve("vpn-enterprise.war"));
        ServerSpec spec = new ServerSpec(
                directory.resolve("server"),
                archives,
                java.nio.file.Path.of("target", "products", "other-application.log")
                        .toAbsolutePath(),
                Ports.free(),
                product.database(),
                Map.of(),
                Map.of(
                        "mp.jwt.verify.publickey.location", product.url() + "/api/auth/jwks",
                        "mp.jwt.verify.publickey.algorithm", "RS256",
                        "mp.jwt.verify.issuer",
                                "http://localhost:" + product.url().getPort()));
        try (PayaraMicro other = PayaraMicro.start(spec)) {
            Api nobody = new Api(other.url());
            await("the other application").atMost(Duration.ofMinutes(3)).until(() -> status(nobody) == 401);

            assertThat(nobody.withToken(member.token())
                            .get("/member")
                            .expect(200)
                            .text())
                    .startsWith(email + " ")
                    .contains(member.get("/api/auth/me").data().getString("id"), "[user]");
            nobody.withToken(member.token()).get("/admin").expect(403);
            nobody.withToken(product.plainAdmin().token()).get("/admin").expect(200);
            nobody.withToken(TokenForge.of(product).expired(member.token()))
                    .get("/member")
                    .expect(401);
            nobody.withToken(member.token().substring(0, member.token().length() - 4) + "AAAA")
                    .get("/member")
                    .expect(401);
        }
    }

    private static int status(Api api) {
        try {
            return api.get("/member").status();
        } catch (UncheckedIOException e) {
            return 0;
        }
    }

    private static void writeApplication(java.nio.file.Path war) throws IOException {
        try (OutputStream file = Files.newOutputStream(war);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            for (Class<?> type : List.of(OtherApplication.class, OtherResource.class)) {
                String path = type.getName().replace('.', '/') + ".class";
                zip.putNextEntry(new ZipEntry("WEB-INF/classes/" + path));
                try (InputStream code = type.getClassLoader().getResourceAsStream(path)) {
                    code.transferTo(zip);
                }
            }
            zip.putNextEntry(new ZipEntry("WEB-INF/beans.xml"));
            zip.write("""
                    <beans xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0" bean-discovery-mode="annotated"/>""".getBytes(StandardCharsets.UTF_8));
        }
    }
}
