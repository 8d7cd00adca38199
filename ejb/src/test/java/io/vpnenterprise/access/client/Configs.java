package io.vpnenterprise.access.client;

import io.vpnenterprise.access.ClientConfig;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/** Configurations and policies for tests, each from its seed. */
final class Configs {

    /** What a device's name may have in it, and formats trip over. */
    private static final String EVIL = "a<b>&\"'\\;=[]#%s{}$`|日本é~!";

    private Configs() {}

    /** A plain one, as a member gets it first. */
    static ClientConfig plain(Optional<String> privateKey, List<String> dns, boolean simulated) {
        return new ClientConfig(
                UUID.fromString("00000000-0000-4000-8000-000000000001"),
                UUID.fromString("00000000-0000-4000-8000-000000000002"),
                "laptop",
                new ClientConfig.Server(
                        UUID.fromString("00000000-0000-4000-8000-000000000003"),
                        "first",
                        "us-east",
                        "SERVER",
                        "192.0.2.7:51820",
                        List.of("10.64.0.1", "fd5e:91b7:2c40::1")),
                privateKey,
                List.of("10.64.0.2/32", "fd5e:91b7:2c40::2/128"),
                dns,
                1_420,
                Optional.of("SHARED"),
                List.of("0.0.0.0/0", "::/0"),
                25,
                simulated);
    }

    /** A policy for everything, as without settings and rules. */
    static ClientPolicy everything(Optional<Platform> platform, boolean killSwitch) {
        return new ClientPolicy(platform, Optional.empty(), Optional.empty(), killSwitch, PrefixSet.EVERYTHING, false);
    }

    /** Names, keys, addresses, name servers and an endpoint of either family. */
    static ClientConfig random(Random random) {
        int host = 2 + random.nextInt(1_000);
        String ipv4 = "10.64." + host / 250 + "." + (2 + host % 250);
        String ipv6 = "fd5e:91b7:2c40::" + Integer.toHexString(host);
        String endpoint = random.nextBoolean()
                ? "192.0.2." + random.nextInt(256)
                : "[2001:db8::" + Integer.toHexString(1 + random.nextInt(65_535)) + "]";
        List<String> dns = random.nextBoolean() ? List.of("1.1.1.1", "1.0.0.1") : List.of();
        return new ClientConfig(
                new UUID(random.nextLong(), random.nextLong()),
                new UUID(random.nextLong(), random.nextLong()),
                name(random),
                new ClientConfig.Server(
                        new UUID(random.nextLong(), random.nextLong()),
                        name(random),
                        "eu-central",
                        key(random),
                        endpoint + ":" + (1_024 + random.nextInt(64_000)),
                        List.of("10.64.0.1", "fd5e:91b7:2c40::1")),
                Optional.of(key(random)),
                List.of(ipv4 + "/32", ipv6 + "/128"),
                dns,
                1_420,
                Optional.of(key(random)).filter(key -> random.nextInt(10) > 0),
                List.of("0.0.0.0/0", "::/0"),
                25,
                random.nextInt(10) == 0);
    }

    /** Settings of a device, a wish, and up to 12 rules. */
    static ClientPolicy randomPolicy(Random random) {
        DeviceSettings settings = new DeviceSettings(
                maybe(random, Platform.values()),
                maybe(random, DnsLevel.values()),
                random.nextBoolean(),
                random.nextBoolean() ? Optional.of(1_280 + random.nextInt(221)) : Optional.empty());
        ClientWish wish = new ClientWish(
                ClientFormat.CONF, maybe(random, Platform.values()), maybe(random, DnsLevel.values()), false);
        int rules = random.nextBoolean() ? 0 : 1 + random.nextInt(12);
        return ClientPolicy.of(
                settings,
                wish,
                config(),
                IntStream.range(0, rules).mapToObj(i -> rule(random)).toList());
    }

    static SplitTunnelRule.Spec rule(Random random) {
        return rule(random.nextBoolean(), network(random), random.nextInt(3));
    }

    static SplitTunnelRule.Spec rule(boolean include, String network, int priority) {
        return new SplitTunnelRule.Spec(include, network, Optional.empty(), Optional.empty(), true, priority, "");
    }

    static ClientsConfig config() {
        ClientsConfig config = new ClientsConfig();
        config.read(new io.vpnenterprise.platform.Settings(key -> Optional.empty()));
        return config;
    }

    /** Any prefix, its host bits clear. */
    static String network(Random random) {
        boolean ipv6 = random.nextInt(3) == 0;
        int bits = ipv6 ? 128 : 32;
        int prefix = random.nextInt(bits + 1);
        java.math.BigInteger address =
                new java.math.BigInteger(bits, random).shiftRight(bits - prefix).shiftLeft(bits - prefix);
        return new io.vpnenterprise.fleet.AddressBlock(address, prefix, bits).toString();
    }

    static String key(Random random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        // As clamped X25519 keys are: wg shows them as it got them.
        bytes[0] &= (byte) 248;
        bytes[31] = (byte) (bytes[31] & 127 | 64);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String name(Random random) {
        List<String> letters = new ArrayList<>();
        int[] evil = EVIL.codePoints().toArray();
        for (int i = 0; i <= random.nextInt(20); i++) {
            letters.add(Character.toString(evil[random.nextInt(evil.length)]));
        }
        return String.join("", letters);
    }

    private static <T> Optional<T> maybe(Random random, T[] values) {
        int chosen = random.nextInt(values.length + 1);
        return chosen == values.length ? Optional.empty() : Optional.of(values[chosen]);
    }
}
