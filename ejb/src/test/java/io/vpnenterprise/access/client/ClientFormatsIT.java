package io.vpnenterprise.access.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.access.ClientConfig;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/**
 * Random policies in each format, read by the format's own tool: all must have understood the same. The seed is printed;
 * {@code -Dclient-formats.seed=…} repeats it, {@code -Dclient-formats.policies=2000} is the long form.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientFormatsIT {

    private static final int POLICIES = Integer.getInteger("client-formats.policies", 200);
    private static final String NETWORKD = "/usr/lib/systemd/systemd-networkd";
    private static final int FILES_OF_ONE_PROCESS = 250;

    /** wg-quick takes half a second for files that have hundreds: it reads one in ten of those. */
    private static final int NETWORKS_OF_A_SMALL_FILE = 40;

    private final String namespace = "vpfmt-" + UUID.randomUUID().toString().substring(0, 8);
    private final String link =
            "f" + UUID.randomUUID().toString().replace("-", "").substring(0, 10);
    private final List<FittedConfig> policies = new ArrayList<>();

    @TempDir
    Path directory;

    @BeforeAll
    void drawPolicies() {
        requireParts();
        long seed = Long.getLong("client-formats.seed", System.nanoTime());
        System.out.println("ClientFormatsIT: seed " + seed + ", policies " + POLICIES);
        Random random = new Random(seed);
        for (int i = 0; i < POLICIES; i++) {
            policies.add(FittedConfig.of(Configs.random(random), Configs.randomPolicy(random)));
        }
        Tool.run("ip", "netns", "add", namespace).orFail();
        inside("wireguard-go", link).orFail();
    }

    private static void requireParts() {
        List<String> missing = new ArrayList<>(List.of("wireguard-go", "wg", "wg-quick", "nft", "zbarimg", "unshare"));
        missing.removeIf(Tool::isThere);
        if (!Files.isExecutable(Path.of(NETWORKD))) {
            missing.add("systemd-networkd");
        }
        if (Tool.run("/usr/bin/python3", "-c", "import gi; gi.require_version('NM', '1.0')")
                        .exitCode()
                != 0) {
            missing.add("python3-gi and gir1.2-nm-1.0");
        }
        if (!"root".equals(System.getProperty("user.name"))) {
            missing.add("root");
        }
        Tool.require(missing);
    }

    @AfterAll
    void removeNamespace() {
        inside("ip", "link", "del", "dev", link);
        Tool.run("ip", "netns", "del", namespace);
    }

    @Test
    void wgAndWgQuickReadTheFile() throws IOException {
        Path file = directory.resolve(link + ".conf");
        Path stripped = directory.resolve("stripped");
        int large = 0;
        for (FittedConfig policy : policies) {
            write(file, policy.conf());
            boolean byWgQuick = policy.config().allowedIps().size() <= NETWORKS_OF_A_SMALL_FILE || large++ % 10 == 0;
            write(
                    stripped,
                    byWgQuick
                            ? Tool.run("wg-quick", "strip", file.toString()).orFail()
                            : policy.conf().replaceAll("(?m)^(Address|DNS|MTU|PreUp) = .*\n", ""));
            inside("wg", "setconf", link, stripped.toString()).orFail();

            Map<String, List<String>> understood =
                    NormalForm.sections(inside("wg", "showconf", link).orFail());
            // What wg-quick itself does with these three, LeakIT and ConnectFlowIT see.
            Map<String, List<String>> whole = NormalForm.sections(policy.conf());
            for (String name : List.of("Interface.Address", "Interface.DNS", "Interface.MTU")) {
                understood.put(name, whole.getOrDefault(name, List.of()));
            }
            assertThat(NormalForm.ofSections(understood, NormalForm.Names.WG_QUICK))
                    .isEqualTo(NormalForm.of(policy.config()));
        }
    }

    @Test
    void aCameraReadsTheQrCodeOrItIsRefused() throws Exception {
        Map<String, String> expected = new HashMap<>();
        List<String> pictures = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < policies.size(); i++) {
            Optional<byte[]> picture = policies.get(i).qr();
            if (picture.isPresent()) {
                Path file = directory.resolve("p" + i + ".png");
                Files.write(file, picture.get());
                pictures.add(file.toString());
                expected.put(file.toString(), policies.get(i).conf());
            } else {
                assertThat(policies.get(i).conf().length()).isGreaterThan(FittedConfig.MAX_QR_BYTES);
                refused++;
            }
        }
        assertThat(refused).isPositive();
        assertThat(pictures).hasSizeGreaterThan(refused / 10);

        Map<String, String> read = new HashMap<>();
        for (int from = 0; from < pictures.size(); from += FILES_OF_ONE_PROCESS) {
            List<String> argv = new ArrayList<>(List.of("zbarimg", "--quiet", "--xml"));
            argv.addAll(pictures.subList(from, Math.min(pictures.size(), from + FILES_OF_ONE_PROCESS)));
            read.putAll(pictures(Tool.run(argv).output()));
        }
        assertThat(read).isEqualTo(expected);
    }

    private static Map<String, String> pictures(String xml) throws Exception {
        NodeList sources = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(xml.substring(xml.indexOf("<barcodes")))))
                .getElementsByTagName("source");
        Map<String, String> read = new HashMap<>();
        for (int i = 0; i < sources.getLength(); i++) {
            Element source = (Element) sources.item(i);
            read.put(
                    source.getAttribute("href"),
                    source.getElementsByTagName("data").item(0).getTextContent());
        }
        return read;
    }

    @Test
    void plistAndNetworkManagerReadTheirs() throws IOException {
        Path script = directory.resolve("read_formats.py");
        try (InputStream source = ClientFormatsIT.class.getResourceAsStream("read_formats.py")) {
            Files.copy(source, script);
        }
        Path files = Files.createDirectory(directory.resolve("files"));
        for (int i = 0; i < policies.size(); i++) {
            write(files.resolve("p" + i + ".mobileconfig"), text(policies.get(i), ClientFormat.MOBILECONFIG));
            write(files.resolve("p" + i + ".nmconnection"), text(policies.get(i), ClientFormat.NETWORKMANAGER));
        }
        Map<String, Map<String, String>> read = new HashMap<>();
        Tool.run("/usr/bin/python3", script.toString(), files.toString())
                .orFail()
                .lines()
                .map(line -> line.split("\t", -1))
                .forEach(column -> read.computeIfAbsent(column[0], file -> new HashMap<>())
                        .put(column[1], new String(Base64.getDecoder().decode(column[2]), StandardCharsets.UTF_8)));

        Set<String> uuids = new HashSet<>();
        for (int i = 0; i < policies.size(); i++) {
            FittedConfig policy = policies.get(i);
            assertProfile(policy, read.get("p" + i + ".mobileconfig"), uuids);
            Map<String, String> connection = read.get("p" + i + ".nmconnection");
            assertThat(ofNetworkManager(connection)).isEqualTo(NormalForm.of(policy.config()));
            assertThat(connection.get("name"))
                    .isEqualTo("VPN: " + policy.config().server().name());
        }
        assertThat(uuids).hasSize(2 * policies.size());
    }

    private static void assertProfile(FittedConfig policy, Map<String, String> profile, Set<String> uuids) {
        assertThat(NormalForm.ofSections(NormalForm.sections(profile.get("conf")), NormalForm.Names.WG_QUICK))
                .isEqualTo(NormalForm.of(policy.config()));
        assertThat(profile)
                .containsEntry("type", "Configuration com.apple.vpn.managed VPN")
                .containsEntry("name", "VPN: " + policy.config().server().name())
                .containsEntry("device", policy.config().deviceName())
                .containsEntry("remote", policy.config().server().endpoint())
                .containsEntry("all", policy.policy().killSwitch() ? "True" : "False")
                .containsEntry("on-demand", policy.policy().killSwitch() ? "1" : "0")
                .containsEntry(
                        "app",
                        policy.policy().platform().equals(Optional.of(Platform.MACOS))
                                ? "com.wireguard.macos"
                                : "com.wireguard.ios");
        assertThat(text(policy, ClientFormat.MOBILECONFIG))
                .contains(profile.get("uuids").split(" "));
        uuids.addAll(List.of(profile.get("uuids").split(" ")));
    }

    private static NormalForm ofNetworkManager(Map<String, String> read) {
        return new NormalForm(
                read.get("private-key"),
                NormalForm.split(read.get("addresses"), " "),
                NormalForm.split(read.get("dns"), " "),
                read.get("mtu"),
                read.get("public-key"),
                read.get("preshared-key"),
                NormalForm.split(read.get("allowed-ips"), " "),
                read.get("endpoint"),
                read.get("keepalive"));
    }

    /** networkd reads all of them at once, in a namespace of its own, and says what it ignores. */
    @Test
    void networkdReadsItsFiles() throws Exception {
        Path files = Files.createDirectory(directory.resolve("networkd"));
        for (int i = 0; i < policies.size(); i++) {
            ClientConfig config = policies.get(i).config();
            Map<String, List<String>> understood = NormalForm.sections(NetworkdFiles.netdev(config));
            understood.putAll(NormalForm.sections(NetworkdFiles.network(config)));
            assertThat(NormalForm.ofSections(understood, NormalForm.Names.NETWORKD))
                    .isEqualTo(NormalForm.of(config));
            // One name for each, as on machines of their own.
            write(
                    files.resolve("p" + i + ".netdev"),
                    NetworkdFiles.netdev(config).replace("\nName=vpn\n", "\nName=p" + i + "\n"));
            write(
                    files.resolve("p" + i + ".network"),
                    NetworkdFiles.network(config).replace("\nName=vpn\n", "\nName=p" + i + "\n"));
        }
        // So that it is seen that it would say so.
        write(files.resolve("bad.netdev"), "[NetDev]\nName=bad\nKind=wireguard\n[WireGuard]\nNoSuchKey=1\n");

        List<String> said = networkd(files);

        assertThat(said.stream().filter(line -> line.endsWith(": loaded \"wireguard\"")))
                .as("devices that it took")
                .hasSize(policies.size());
        assertThat(said.stream().filter(line -> line.contains("/run/systemd/network/") && !line.contains("bad.netdev")))
                .as("lines about our files")
                .isEmpty();
        assertThat(said.stream().filter(line -> line.contains("bad.netdev"))).isNotEmpty();
    }

    private List<String> networkd(Path files) throws IOException, InterruptedException {
        // A /run of its own: that is where it looks for files, and where it would find this machine's bus.
        String script = """
                mount -t tmpfs none /run && mkdir -p /run/systemd/network && cp "$1"/* /run/systemd/network/ \\
                  && chown root:systemd-network /run/systemd/network/* && chmod 640 /run/systemd/network/* \\
                  && exec %s
                """.formatted(NETWORKD);
        Path output = directory.resolve("networkd.out");
        ProcessBuilder builder = new ProcessBuilder(
                        "ip",
                        "netns",
                        "exec",
                        namespace,
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        script,
                        "sh",
                        files.toString())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("SYSTEMD_LOG_TARGET", "console");
        builder.environment().put("SYSTEMD_LOG_LEVEL", "debug");
        Process networkd = builder.start();
        try {
            for (int i = 0; i < 300; i++) {
                List<String> said = Files.readAllLines(output, StandardCharsets.UTF_8);
                if (said.contains("Enumeration completed") || !networkd.isAlive()) {
                    return said;
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
            throw new AssertionError("networkd did not read its files within 30 s");
        } finally {
            networkd.destroy();
            networkd.waitFor(10, TimeUnit.SECONDS);
            networkd.destroyForcibly();
        }
    }

    @Test
    void nftTakesTheKillSwitchInBothForms() throws IOException {
        Path file = directory.resolve("kill-switch.nft");
        Random random = new Random(1);
        for (FittedConfig policy : policies) {
            KillSwitch killSwitch = KillSwitch.of(policy.config(), "vpn", random.nextBoolean());
            write(file, killSwitch.file());
            inside("nft", "-c", "-f", file.toString()).orFail();
            List<String> scripts = new ArrayList<>();
            for (String command : KillSwitch.commands(policy.config())) {
                assertThat(command).startsWith("nft '").endsWith("'").doesNotContain("\n", "#");
                assertThat(command.length()).as(command).isLessThan(1_200);
                scripts.add(command.substring("nft '".length(), command.length() - 1));
            }
            assertThat(scripts).allSatisfy(script -> assertThat(script).doesNotContain("'"));
            // Together, since nothing is kept here between two of them.
            inside("nft", "-c", String.join("; ", scripts).replace("%i", "vpn")).orFail();
        }
        // And one after the other, as wg-quick runs them.
        KillSwitch.commands(policies.get(0).config()).forEach(command -> inside(
                        "nft",
                        command.substring("nft '".length(), command.length() - 1)
                                .replace("%i", "vpn"))
                .orFail());
        assertThat(inside("nft", "list", "ruleset").orFail()).contains(KillSwitch.TABLE, "oifname { \"lo\", \"vpn\" }");
    }

    private static String text(FittedConfig policy, ClientFormat format) {
        return new String(
                policy.file(new ClientWish(format, Optional.empty(), Optional.empty(), false))
                        .content(),
                StandardCharsets.UTF_8);
    }

    private static void write(Path file, String text) throws IOException {
        if (!Files.exists(file)) {
            // wg-quick wants a file with keys to be closed to others.
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file, text);
    }

    private Tool.Ended inside(String... argv) {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        all.addAll(List.of(argv));
        return Tool.run(all);
    }
}
