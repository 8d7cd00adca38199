package io.vpnenterprise.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code authorisation-matrix.txt}: each endpoint, an example of a call, and what each kind of caller gets. */
final class AuthorisationMatrix {

    private static final String FILE = "authorisation-matrix.txt";
    private static final int FIRST_ANSWER = 4;

    /** The kinds of callers, in the order of the columns. */
    static final List<String> CALLERS =
            List.of("no token", "expired token", "another", "member", "admin", "super admin");

    /**
     * One row.
     *
     * @param id stands for what the path has in braces, in its order, divided by spaces; may be empty, as may the body
     * @param scope what an API key needs; empty when none may call
     * @param answers by kind of caller
     */
    record Row(String endpoint, String id, String scope, String body, Map<String, String> answers) {

        String method() {
            return endpoint.substring(0, endpoint.indexOf(' '));
        }

        /** Below {@code /api}, with {@code {id}} and the like in it. */
        String path() {
            return endpoint.substring(endpoint.indexOf(' ') + 1);
        }

        /** Whether it may change something. */
        boolean unsafe() {
            return !method().equals("GET");
        }

        /** Whether a call without a token is refused. */
        boolean closed() {
            return answers.get("no token").equals("401 MISSING_TOKEN");
        }

        @Override
        public String toString() {
            return endpoint;
        }
    }

    private AuthorisationMatrix() {}

    static List<Row> rows() {
        try (InputStream file = AuthorisationMatrix.class.getResourceAsStream(FILE)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(AuthorisationMatrix::row)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those that need a token. */
    static List<Row> closedRows() {
        return rows().stream().filter(Row::closed).toList();
    }

    /** A path with each {@code {…}} replaced by one of the ids, which spaces divide, the last for the rest. */
    static String filledPath(String path, String ids) {
        String filled = path;
        for (String id : ids.split(" ")) {
            filled = filled.replaceFirst("\\{[^}]+}", id);
        }
        return filled.replaceAll("\\{[^}]+}", ids.substring(ids.lastIndexOf(' ') + 1));
    }

    private static Row row(String line) {
        String[] cells = line.split("\\s*\\|\\s*", -1);
        if (cells.length != FIRST_ANSWER + CALLERS.size()) {
            throw new IllegalStateException(FILE + ": not " + (FIRST_ANSWER + CALLERS.size()) + " cells: " + line);
        }
        Map<String, String> answers = new LinkedHashMap<>();
        for (int i = 0; i < CALLERS.size(); i++) {
            answers.put(CALLERS.get(i), cells[FIRST_ANSWER + i].strip());
        }
        return new Row(cells[0].strip(), cells[1], cells[2], cells[3], answers);
    }
}
