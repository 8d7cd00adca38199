package io.vpnenterprise.node;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The rates in one interface's nftables table, and the scripts that change them.
 *
 * <p>Each rated peer has a number there. Two maps go from its addresses to the number, IPv4 and IPv6, and two sets, one for
 * each direction, hold a token bucket for the number: so both families share one bucket, and a change costs the same
 * however many peers there are. The element of either set names its peer by its key, so that a table explains itself.
 *
 * <p>The number travels in the packet's priority, which the kernel sets anew for whatever it forwards, and is taken off
 * again.
 */
final class RateTable {

    /** What nft calls a byte each second, for a kilobit each second. */
    private static final int BYTES_OF_KBIT = 125;

    /** One packet of a device that joins small ones together (64 KiB) must fit; the kernel adds a second of the rate. */
    private static final int BURST = 65_536;

    /** More than a device has peers. */
    private static final int SIZE = 70_000;

    private static final Pattern PART = Pattern.compile("\\s*(?:map|set|chain) (\\w+) \\{");
    private static final Pattern MAPPED = Pattern.compile("([0-9a-f.:]+) : ([0-9a-f]*:[0-9a-f]*)");
    private static final Pattern BUCKET = Pattern.compile(
            "([0-9a-f]*:[0-9a-f]*) limit rate over (\\d+) (k|m|)bytes/second(?: burst \\d+ \\w+)?(?: comment \"([^\"]*)\")?");

    private record Bucket(String key, long bytesPerSecond) {}

    private final String table;
    private final Map<String, String> addresses = new HashMap<>();
    private final Map<String, Bucket> up = new HashMap<>();
    private final Map<String, Bucket> down = new HashMap<>();
    private final Map<String, Set<String>> numbersOfKey = new HashMap<>();
    private final Map<String, Set<String>> addressesOfNumber = new HashMap<>();
    private boolean defined;

    private RateTable(String interfaceName) {
        table = "inet " + NftTable.nameOf(interfaceName);
    }

    static RateTable empty(String interfaceName) {
        return new RateTable(interfaceName);
    }

    /** Reads what {@code nft -n list table} prints. */
    static RateTable parse(String interfaceName, String printed) {
        RateTable rates = new RateTable(interfaceName);
        String part = "";
        for (String line : printed.lines().toList()) {
            Matcher begin = PART.matcher(line);
            if (begin.lookingAt()) {
                part = begin.group(1);
            }
            switch (part) {
                case "rated4", "rated6" -> rates.readAddresses(line);
                case "rates_up" -> rates.readBuckets(line, rates.up);
                case "rates_down" -> rates.readBuckets(line, rates.down);
                case "rate_down" -> rates.defined = true;
                default -> {}
            }
        }
        return rates;
    }

    /** The rates that are held, by peer. */
    Map<WireGuardKey, PeerRate> rates() {
        Map<WireGuardKey, PeerRate> rates = new HashMap<>();
        numbersOfKey.forEach((key, numbers) -> parseKey(key).ifPresent(peer -> rates.put(peer, rate(numbers))));
        return rates;
    }

    /**
     * What makes the table hold these changes, whole or not at all; empty when it does already. From here on it counts as
     * done: whose script fails reads the table anew.
     *
     * @param changes sound, as {@link #requireAddresses} has it
     */
    Optional<String> change(List<PeerChange> changes) {
        Set<String> goneNumbers = new HashSet<>();
        Set<String> goneAddresses = new HashSet<>();
        Map<String, PeerChange.Put> added = new LinkedHashMap<>();
        for (PeerChange change : changes) {
            String key = change.publicKey().base64();
            Optional<PeerRate> wanted = wanted(change);
            Optional<PeerRate> present =
                    Optional.ofNullable(numbersOfKey.get(key)).map(this::rate);
            if (!wanted.equals(present)) {
                goneNumbers.addAll(numbersOfKey.getOrDefault(key, Set.of()));
                wanted.ifPresent(rate -> {
                    rate.allowedIps().stream()
                            .map(RateTable::address)
                            .filter(addresses::containsKey)
                            .forEach(goneAddresses::add);
                    added.put(key, (PeerChange.Put) change);
                });
            }
        }
        if (goneNumbers.isEmpty() && added.isEmpty()) {
            return Optional.empty();
        }
        goneNumbers.forEach(number -> goneAddresses.addAll(addressesOfNumber.getOrDefault(number, Set.of())));
        StringBuilder script = new StringBuilder(defined ? "" : define());
        remove(goneNumbers, goneAddresses, script);
        add(added, script);
        defined = true;
        return Optional.of(script.toString());
    }

    /** A script that fills an empty table with all that this one holds. */
    String fill() {
        if (numbersOfKey.isEmpty()) {
            return "";
        }
        StringBuilder script = new StringBuilder(define());
        appendElements(
                script,
                "rates_up",
                up.entrySet().stream().map(RateTable::element).toList());
        appendElements(
                script,
                "rates_down",
                down.entrySet().stream().map(RateTable::element).toList());
        appendAddresses(script, addresses.keySet());
        return script.toString();
    }

    private void readAddresses(String line) {
        Matcher mapped = MAPPED.matcher(line);
        while (mapped.find()) {
            map(mapped.group(1), mapped.group(2));
        }
    }

    private void readBuckets(String line, Map<String, Bucket> buckets) {
        Matcher bucket = BUCKET.matcher(line);
        while (bucket.find()) {
            long unit =
                    switch (bucket.group(3)) {
                        case "k" -> 1 << 10;
                        case "m" -> 1 << 20;
                        default -> 1;
                    };
            String key = Optional.ofNullable(bucket.group(4)).orElse("");
            put(buckets, bucket.group(1), new Bucket(key, Long.parseLong(bucket.group(2)) * unit));
        }
    }

    private PeerRate rate(Set<String> numbers) {
        List<String> held = numbers.stream()
                .flatMap(number -> addressesOfNumber.getOrDefault(number, Set.of()).stream())
                .map(address -> address + (address.contains(":") ? "/128" : "/32"))
                .sorted()
                .toList();
        String number = numbers.iterator().next();
        Bucket one = up.get(number);
        boolean whole = numbers.size() == 1 && one != null && one.equals(down.get(number));
        return new PeerRate(held, whole ? (int) (one.bytesPerSecond() / BYTES_OF_KBIT) : 0);
    }

    private static Optional<PeerRate> wanted(PeerChange change) {
        if (!(change instanceof PeerChange.Put put)) {
            return Optional.empty();
        }
        return put.kbitPerSecond()
                .map(kbit -> new PeerRate(
                        put.allowedIps().stream()
                                .map(allowedIp -> Cidr.parse(allowedIp).toString())
                                .sorted()
                                .toList(),
                        kbit));
    }

    /** @throws NodeException {@code REFUSED} when a peer with a rate has networks instead of addresses */
    static void requireAddresses(List<PeerChange> changes) {
        for (PeerChange change : changes) {
            if (change instanceof PeerChange.Put put && put.kbitPerSecond().isPresent()) {
                put.allowedIps().forEach(RateTable::requireAddress);
            }
        }
    }

    private static void requireAddress(String allowedIp) {
        if (!Cidr.isHarmless(allowedIp) || !allowedIp.endsWith(allowedIp.contains(":") ? "/128" : "/32")) {
            throw new NodeException(
                    NodeException.Reason.REFUSED,
                    "a peer with a rate has single addresses, each with its prefix length");
        }
    }

    private void remove(Set<String> numbers, Set<String> goneAddresses, StringBuilder script) {
        appendDelete(
                script, "rates_up", numbers.stream().filter(up::containsKey).toList());
        appendDelete(
                script, "rates_down", numbers.stream().filter(down::containsKey).toList());
        goneAddresses.stream()
                .collect(Collectors.groupingBy(RateTable::mapOf, TreeMap::new, Collectors.toList()))
                .forEach((map, gone) -> appendDelete(script, map, gone));
        goneAddresses.forEach(address -> addressesOfNumber
                .getOrDefault(addresses.remove(address), new HashSet<>())
                .remove(address));
        for (String number : numbers) {
            for (Map<String, Bucket> buckets : List.of(up, down)) {
                Bucket bucket = buckets.remove(number);
                if (bucket != null) {
                    numbersOfKey.remove(bucket.key());
                }
            }
            addressesOfNumber.remove(number);
        }
    }

    private void add(Map<String, PeerChange.Put> added, StringBuilder script) {
        Map<String, Bucket> fresh = new LinkedHashMap<>();
        List<String> mapped = new ArrayList<>();
        added.forEach((key, put) -> {
            String number = freeNumber(put.allowedIps());
            Bucket bucket =
                    new Bucket(key, (long) BYTES_OF_KBIT * put.kbitPerSecond().orElseThrow());
            fresh.put(number, bucket);
            put(up, number, bucket);
            put(down, number, bucket);
            put.allowedIps().stream().map(RateTable::address).forEach(address -> {
                map(address, number);
                mapped.add(address);
            });
        });
        List<String> elements =
                fresh.entrySet().stream().map(RateTable::element).toList();
        appendElements(script, "rates_up", elements);
        appendElements(script, "rates_down", elements);
        appendAddresses(script, mapped);
    }

    /** Of an address: no two peers have the same one, so the first try nearly always is free. */
    private String freeNumber(List<String> allowedIps) {
        byte[] bytes = Cidr.parse(allowedIps.get(0)).address().getAddress();
        int number = ByteBuffer.wrap(bytes, bytes.length - Integer.BYTES, Integer.BYTES)
                .getInt();
        // 0 is nobody's, and the highest has a name of its own.
        while (number == 0 || number == -1 || isTaken(text(number))) {
            number++;
        }
        return text(number);
    }

    private boolean isTaken(String number) {
        return up.containsKey(number) || down.containsKey(number);
    }

    /** As nft prints and takes a number of this type. */
    private static String text(int number) {
        return Integer.toHexString(number >>> 16) + ":" + Integer.toHexString(number & 0xffff);
    }

    private void map(String address, String number) {
        addresses.put(address, number);
        addressesOfNumber.computeIfAbsent(number, any -> new HashSet<>()).add(address);
    }

    private void put(Map<String, Bucket> buckets, String number, Bucket bucket) {
        buckets.put(number, bucket);
        numbersOfKey.computeIfAbsent(bucket.key(), any -> new HashSet<>()).add(number);
    }

    private static Optional<WireGuardKey> parseKey(String text) {
        try {
            return Optional.of(WireGuardKey.ofBase64(text));
        } catch (IllegalArgumentException e) {
            // Somebody else's element.
            return Optional.empty();
        }
    }

    private static String address(String allowedIp) {
        // As nft prints it.
        return Cidr.parse(allowedIp).toString().replaceFirst("/.*", "");
    }

    private static String mapOf(String address) {
        return address.contains(":") ? "rated6" : "rated4";
    }

    private String define() {
        return """
                add table %1$s
                add map %1$s rated4 { type ipv4_addr : classid; size %2$d; }
                add map %1$s rated6 { type ipv6_addr : classid; size %2$d; }
                add set %1$s rates_up { type classid; size %2$d; limit rate over 1 bytes/second; }
                add set %1$s rates_down { type classid; size %2$d; limit rate over 1 bytes/second; }
                add chain %1$s rate_up { type filter hook prerouting priority raw; policy accept; }
                add chain %1$s rate_down { type filter hook postrouting priority raw; policy accept; }
                flush chain %1$s rate_up
                flush chain %1$s rate_down
                add rule %1$s rate_up iifname != "%3$s" return
                add rule %1$s rate_up meta priority set ip saddr map @rated4
                add rule %1$s rate_up meta priority set ip6 saddr map @rated6
                add rule %1$s rate_up meta priority @rates_up drop
                add rule %1$s rate_up meta priority set 0
                add rule %1$s rate_down oifname != "%3$s" return
                add rule %1$s rate_down meta priority set ip daddr map @rated4
                add rule %1$s rate_down meta priority set ip6 daddr map @rated6
                add rule %1$s rate_down meta priority @rates_down drop
                add rule %1$s rate_down meta priority set 0
                """.formatted(table, SIZE, table.substring(table.indexOf('_') + 1));
    }

    private static String element(Map.Entry<String, Bucket> bucket) {
        return bucket.getKey() + " limit rate over " + bucket.getValue().bytesPerSecond() + " bytes/second burst "
                + BURST + " bytes comment \"" + bucket.getValue().key() + '"';
    }

    private void appendAddresses(StringBuilder script, Collection<String> mapped) {
        mapped.stream()
                .collect(Collectors.groupingBy(
                        RateTable::mapOf,
                        TreeMap::new,
                        Collectors.mapping(address -> address + " : " + addresses.get(address), Collectors.toList())))
                .forEach((map, elements) -> appendElements(script, map, elements));
    }

    private void appendElements(StringBuilder script, String set, List<String> elements) {
        append(script, "add", set, elements);
    }

    private void appendDelete(StringBuilder script, String set, List<String> elements) {
        append(script, "delete", set, elements);
    }

    private void append(StringBuilder script, String verb, String set, List<String> elements) {
        if (!elements.isEmpty()) {
            script.append(verb)
                    .append(" element ")
                    .append(table)
                    .append(' ')
                    .append(set)
                    .append(" { ");
            script.append(String.join(", ", elements)).append(" }\n");
        }
    }
}
