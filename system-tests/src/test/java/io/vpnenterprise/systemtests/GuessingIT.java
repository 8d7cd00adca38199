package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Somebody guesses passwords, from many addresses and on two application nodes at once: so many tries and no more are
 * looked at, the owner gets in meanwhile, and the answers tell nothing, not even by their time.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuessingIT {

    private static final int GUESSES = 500;

    /** The defaults. */
    private static final int TRIES = 10;

    private static final int LINK_MAILS = 5;

    /** Of each kind; the long form takes 5,000. */
    private static final int SAMPLES = Integer.getInteger("guessing.samples", 100);

    /** Of sending again what a node had no time for; each brings more than a hundred through. */
    private static final int MAX_ROUNDS = 50;

    private static final Pattern PASSWORD_CHECKS =
            Pattern.compile("vpn_password_checks_total\\{outcome=\"(\\w+)\"} (\\S+)");

    /** Below this, two samples are called different. */
    private static final double P = 0.01;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private Product product;
    private List<Api> nodes;
    private ExecutorService guessers;

    @BeforeAll
    void start() {
        System.out.println("GuessingIT: seed " + seed);
        TwoNodes both = TwoNodes.shared();
        product = both.product;
        nodes = both.urls().stream().map(Api::new).toList();
        guessers = Executors.newFixedThreadPool(GUESSES);
    }

    @AfterAll
    void stop() {
        if (guessers != null) {
            guessers.shutdownNow();
        }
    }

    @Test
    void checksExactlyTheAllowedTriesOfManyAtOnceAndLetsTheOwnersKnownDeviceIn() {
        String email = Api.newEmail();
        String device = signUp(email);
        Api admin = product.admin();
        Map<String, Long> before = passwordChecks(admin);

        List<Callable<Api.Answer>> guesses = new ArrayList<>();
        for (int i = 0; i < GUESSES; i++) {
            Api node = nodes.get(i % nodes.size());
            String password = "guess number " + i;
            guesses.add(() -> fromAnywhere(node).post("/api/auth/login", credentials(email, password, null)));
        }
        for (Api.Answer answer : untilAnswered(guesses)) {
            assertThat(answer.expect(401).code()).isEqualTo("WRONG_CREDENTIALS");
        }

        Map<String, Long> after = passwordChecks(admin);
        assertThat(after.get("checked") - before.get("checked")).isEqualTo(TRIES);
        assertThat(after.get("refused") - before.get("refused")).isEqualTo(GUESSES - TRIES);
        assertThat(events("user.sign-in-failed", email)).isEqualTo(TRIES);
        assertThat(events("user.locked", email)).isEqualTo(1);

        for (Api node : nodes) {
            assertThat(signIn(node, email, Product.MEMBER_PASSWORD, null).status())
                    .as("the right password from an unknown device")
                    .isEqualTo(401);
            assertThat(signIn(node, email, Product.MEMBER_PASSWORD, device).status())
                    .as("from a known one")
                    .isEqualTo(200);
        }
    }

    @Test
    void limitsWhoHasStolenADevicesTokenAndLeavesTheOthersAlone() {
        String email = Api.newEmail();
        String stolen = signUp(email);
        String other = deviceToken(
                signIn(nodes.get(0), email, Product.MEMBER_PASSWORD, null).expect(200));

        for (int i = 0; i < TRIES; i++) {
            signIn(nodes.get(i % 2), email, "guess number " + i, stolen).expect(401);
        }

        assertThat(signIn(nodes.get(1), email, Product.MEMBER_PASSWORD, stolen).status())
                .isEqualTo(401);
        assertThat(signIn(nodes.get(1), email, Product.MEMBER_PASSWORD, other).status())
                .isEqualTo(200);
        assertThat(signIn(nodes.get(0), email, Product.MEMBER_PASSWORD, null).status())
                .isEqualTo(200);
    }

    @Test
    void takesADevicesTokenForNoOtherAccount() {
        String email = Api.newEmail();
        signUp(email);
        String ofAnother = signUp(Api.newEmail());
        lock(email);

        assertThat(signIn(nodes.get(0), email, Product.MEMBER_PASSWORD, ofAnother)
                        .status())
                .isEqualTo(401);
    }

    @Test
    void countsOnlyWhatWasWrong() {
        String email = Api.newEmail();
        signUp(email);

        for (int i = 0; i < 2 * TRIES; i++) {
            signIn(nodes.get(i % 2), email, Product.MEMBER_PASSWORD, null).expect(200);
        }
    }

    @Test
    void letsWhoResetsHisPasswordInFromTheNewDevice() {
        String email = Api.newEmail();
        signUp(email);
        lock(email);
        fromAnywhere(nodes.get(0))
                .post("/api/auth/forgot-password", "{\"email\":\"%s\"}".formatted(email))
                .expect(202);
        String device = fromAnywhere(nodes.get(1))
                .post(
                        "/api/auth/reset-password",
                        Json.createObjectBuilder()
                                .add("token", new MailedLinks(product).token(email, "RESET_PASSWORD"))
                                .add("newPassword", "a password after the attack")
                                .build())
                .expect(200)
                .data()
                .getString("deviceToken");
        lock(email);

        assertThat(signIn(nodes.get(0), email, "a password after the attack", device)
                        .status())
                .isEqualTo(200);
        assertThat(signIn(nodes.get(0), email, Product.MEMBER_PASSWORD, device).status())
                .isEqualTo(401);
    }

    @Test
    void refusesAnAddressThatTriesManyAccountsButNotAKnownDeviceThere() {
        String email = Api.newEmail();
        String device = signUp(email);
        String network = "203.0.113.9";
        Api address = nodes.get(0).withHeader("X-Forwarded-For", network);
        int left = 3;
        for (int i = 0; i <= left; i++) {
            address.post("/api/auth/login", credentials(Api.newEmail(), "long enough", null))
                    .expect(401);
            if (i == 0) {
                setTries(Product.TRIES_PER_ADDRESS - left, "ADDRESS", List.of(network));
            }
        }

        Api.Answer refused = address.post("/api/auth/login", credentials(email, Product.MEMBER_PASSWORD, null));

        assertThat(refused.expect(429).code()).isEqualTo("TOO_MANY_TRIES");
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 900);
        address.post("/api/auth/login", credentials(email, Product.MEMBER_PASSWORD, device))
                .expect(200);
    }

    @Test
    void takesAsLongForUnknownLockedAndWrong() {
        assertAlike(this::comparedSignIns);
    }

    @Test
    void takesAsLongForAForgottenPasswordOfNobody() {
        assertAlike(this::comparedForgottenPasswords);
    }

    /** A difference has to show twice: of a thousand runs, one or two may see one that is not there. */
    private static void assertAlike(Supplier<Set<String>> compared) {
        Set<String> different = compared.get();
        if (!different.isEmpty()) {
            different.retainAll(compared.get());
        }
        assertThat(different).isEmpty();
    }

    /** Returns the pairs of cases whose times differ. */
    private Set<String> comparedSignIns() {
        int accounts = SAMPLES / (TRIES - 1) + 1;
        List<String> unknown = newEmails(accounts);
        List<String> wrong = madeAccounts(accounts);
        List<String> locked = madeAccounts(accounts);
        // All have been tried once, the locked ones so often that they are.
        Stream.of(unknown, wrong, locked).flatMap(List::stream).forEach(this::timeOfWrongPassword);
        lockAll(locked);
        return compared(Map.of("unknown", unknown, "wrong", wrong, "locked", locked), this::timeOfWrongPassword);
    }

    private Set<String> comparedForgottenPasswords() {
        int accounts = SAMPLES / (LINK_MAILS - 1) + 1;
        List<String> unknown = newEmails(accounts);
        List<String> known = madeAccounts(accounts);
        Stream.of(unknown, known).flatMap(List::stream).forEach(this::timeOfForgottenPassword);
        return compared(Map.of("of nobody", unknown, "of somebody", known), this::timeOfForgottenPassword);
    }

    private Set<String> compared(Map<String, List<String>> cases, ToDoubleFunction<String> measure) {
        List<String> order = new ArrayList<>();
        cases.keySet().forEach(which -> order.addAll(Collections.nCopies(SAMPLES, which)));
        Collections.shuffle(order, random);
        Map<String, double[]> times = new TreeMap<>();
        Map<String, Integer> measured = new HashMap<>();
        for (String which : order) {
            int i = measured.merge(which, 1, Integer::sum) - 1;
            List<String> emails = cases.get(which);
            times.computeIfAbsent(which, none -> new double[SAMPLES])[i] =
                    measure.applyAsDouble(emails.get(i % emails.size()));
        }
        Set<String> different = new TreeSet<>();
        for (String a : times.keySet()) {
            for (String b : times.keySet()) {
                if (a.compareTo(b) < 0 && differ(a, times.get(a), b, times.get(b))) {
                    different.add(a + ", " + b);
                }
            }
        }
        return different;
    }

    private static boolean differ(String nameA, double[] a, String nameB, double[] b) {
        double shift = TwoSamples.mannWhitney(a, b);
        double shape = TwoSamples.kolmogorovSmirnov(a, b);
        System.out.printf(
                "GuessingIT: %s %.2f ms, %s %.2f ms (medians of %d): Mann-Whitney p %.4f, Kolmogorov-Smirnov p %.4f%n",
                nameA, median(a), nameB, median(b), SAMPLES, shift, shape);
        return shift < P || shape < P;
    }

    private double timeOfWrongPassword(String email) {
        return time("/api/auth/login", credentials(email, "guess number " + random.nextInt(1_000_000), null), 401);
    }

    private double timeOfForgottenPassword(String email) {
        return time("/api/auth/forgot-password", "{\"email\":\"%s\"}".formatted(email), 202);
    }

    /** Nanoseconds from the request to the answer. */
    private double time(String path, String body, int status) {
        Api client = fromAnywhere(nodes.get(0));
        long before = System.nanoTime();
        Api.Answer answer = client.post(path, body);
        long nanos = System.nanoTime() - before;
        answer.expect(status);
        return nanos;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2] / 1e6;
    }

    /** Accounts with one password: copies of one that signed up, since each hash takes its time. */
    private List<String> madeAccounts(int count) {
        String original = Api.newEmail();
        signUp(original);
        List<String> emails = newEmails(count);
        try (Connection connection = product.database().connect();
                PreparedStatement copy = connection.prepareStatement("""
                        INSERT INTO users (id, email, password_hash, role, created_at)
                        SELECT gen_random_uuid(), e, password_hash, role, created_at
                        FROM users, unnest(?::text[]) e WHERE email = ?""")) {
            copy.setArray(1, connection.createArrayOf("text", emails.toArray()));
            copy.setString(2, original);
            assertThat(copy.executeUpdate()).isEqualTo(count);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return emails;
    }

    private static List<String> newEmails(int count) {
        return Stream.generate(Api::newEmail).limit(count).toList();
    }

    private void lock(String email) {
        for (int i = 0; i <= TRIES; i++) {
            signIn(nodes.get(i % 2), email, "guess number " + i, null).expect(401);
        }
    }

    private void lockAll(List<String> emails) {
        setTries(TRIES, "ACCOUNT", emails);
    }

    /** As if so many had been wrong in this window, of subjects that were all tried before. */
    private void setTries(int tries, String kind, List<String> subjects) {
        try (Connection connection = product.database().connect();
                PreparedStatement update = connection.prepareStatement(
                        "UPDATE credential_tries SET tries = ?, refused = 1 WHERE subject = ANY (?)")) {
            update.setInt(1, tries);
            update.setArray(
                    2,
                    connection.createArrayOf(
                            "bytea",
                            subjects.stream().map(whom -> subject(kind, whom)).toArray(byte[][]::new)));
            assertThat(update.executeUpdate()).isEqualTo(subjects.size());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What the database counts somebody's tries by. */
    static byte[] subject(String kind, String whom) {
        byte[] key = hmac(Base64.getDecoder().decode(Product.MASTER_KEY), "mac/credential_tries");
        return hmac(key, kind + "/" + whom);
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sends all at once, and those for whom a node was too busy again, as long as there are any. */
    private List<Api.Answer> untilAnswered(List<Callable<Api.Answer>> calls) {
        List<Api.Answer> answers = new ArrayList<>();
        List<Callable<Api.Answer>> left = calls;
        for (int round = 0; round < MAX_ROUNDS && !left.isEmpty(); round++) {
            List<Callable<Api.Answer>> again = new ArrayList<>();
            try {
                List<Future<Api.Answer>> sent = guessers.invokeAll(left);
                for (int i = 0; i < sent.size(); i++) {
                    Api.Answer answer = sent.get(i).get();
                    if (answer.status() == 503) {
                        again.add(left.get(i));
                    } else {
                        answers.add(answer);
                    }
                }
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
            left = again;
        }
        assertThat(left).as("guesses that no node had time for").isEmpty();
        return answers;
    }

    /** A request of a botnet: each comes from another address, as a trusted proxy tells. */
    private Api fromAnywhere(Api node) {
        int host = random.nextInt(1 << 24);
        return node.withHeader("X-Forwarded-For", "10.%d.%d.%d".formatted(host >> 16, host >> 8 & 0xff, host & 0xff));
    }

    private Api.Answer signIn(Api node, String email, String password, String device) {
        return fromAnywhere(node).post("/api/auth/login", credentials(email, password, device));
    }

    /** Returns what the device is known by. */
    private String signUp(String email) {
        return deviceToken(fromAnywhere(nodes.get(0))
                .post("/api/auth/signup", credentials(email, Product.MEMBER_PASSWORD, null))
                .expect(201));
    }

    private static String deviceToken(Api.Answer answer) {
        return answer.data().getString("deviceToken");
    }

    private static String credentials(String email, String password, String device) {
        JsonObjectBuilder body = Json.createObjectBuilder().add("email", email).add("password", password);
        return (device == null ? body : body.add("deviceToken", device)).build().toString();
    }

    /** Of both nodes, by outcome. */
    private Map<String, Long> passwordChecks(Api admin) {
        Map<String, Long> sums = new HashMap<>(Map.of("checked", 0L, "refused", 0L));
        for (Api node : nodes) {
            Matcher figures = PASSWORD_CHECKS.matcher(
                    node.withToken(admin.token()).get("/metrics").expect(200).text());
            while (figures.find()) {
                sums.merge(figures.group(1), (long) Double.parseDouble(figures.group(2)), Long::sum);
            }
        }
        return sums;
    }

    private long events(String action, String email) {
        try (Connection connection = product.database().connect();
                PreparedStatement count = connection.prepareStatement("""
                        SELECT count(*) FROM outbox
                        WHERE type = 'AuditEvent' AND payload ->> 'action' = ? AND payload #>> '{target,name}' = ?""")) {
            count.setString(1, action);
            count.setString(2, email);
            try (ResultSet row = count.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
