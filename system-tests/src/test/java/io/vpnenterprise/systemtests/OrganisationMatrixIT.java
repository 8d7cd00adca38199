package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may do what inside one organisation, against {@code organisation-matrix.txt}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrganisationMatrixIT {

    private static final String ORGANISATIONS = "/api/organizations";
    private static final List<String> ROLES = List.of("viewer", "member", "admin", "owner");
    private static final List<String> CALLERS =
            List.of("outsider", "super admin", "viewer", "member", "admin", "owner");
    private static final int FIRST_ANSWER = 3;

    private final Product product = Product.shared();
    private final Map<String, Api> people = new HashMap<>();
    private final Map<String, String> ids = new HashMap<>();

    /** One row: {@code ids} stand for what the path has in braces, in its order. */
    record Row(String endpoint, String ids, String body, Map<String, String> answers) {

        @Override
        public String toString() {
            return endpoint + " " + ids + " " + body;
        }
    }

    @BeforeAll
    void makePeople() {
        for (String name : List.of(
                "outsider", "viewer", "member", "admin", "owner", "second viewer", "second member", "second admin")) {
            people.put(name, product.verifiedMember());
        }
        people.put("super admin", product.admin());
        people.forEach((name, person) ->
                ids.put(name, person.get("/api/auth/me").expect(200).data().getString("id")));
    }

    static List<Row> rows() {
        try (InputStream file = OrganisationMatrixIT.class.getResourceAsStream("organisation-matrix.txt")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(OrganisationMatrixIT::row)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(String line) {
        String[] cells = line.strip().split("\\s*\\|\\s*", -1);
        if (cells.length != FIRST_ANSWER + CALLERS.size()) {
            throw new IllegalStateException("not " + (FIRST_ANSWER + CALLERS.size()) + " cells: " + line);
        }
        Map<String, String> answers = new LinkedHashMap<>();
        for (int i = 0; i < CALLERS.size(); i++) {
            answers.put(CALLERS.get(i), cells[FIRST_ANSWER + i]);
        }
        return new Row(cells[0], cells[1], cells[2], answers);
    }

    @Test
    void hasARowForEveryEndpointThatNamesAnOrganisation() {
        assertThat(rows().stream().map(Row::endpoint).distinct())
                .containsExactlyInAnyOrderElementsOf(AuthorisationMatrix.rows().stream()
                        .map(AuthorisationMatrix.Row::endpoint)
                        .filter(endpoint -> endpoint.contains(" /organizations/{id}"))
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void answersEachRoleAsWritten(Row row) {
        Map<String, String> answers = new LinkedHashMap<>();
        for (String caller : CALLERS) {
            answers.put(caller, told(call(row, caller)));
        }

        assertThat(answers).isEqualTo(row.answers());
    }

    private Api.Answer call(Row row, String caller) {
        String organisation = madeOrganisation();
        String filled = row.ids().replace("<organisation>", organisation).replace("<self>", ids.get(caller));
        filled = filled.contains("<invitation>") ? filled.replace("<invitation>", invited(organisation)) : filled;
        filled = filled.contains("<another's>") ? filled.replace("<another's>", invited(madeOrganisation())) : filled;
        for (Map.Entry<String, String> person : ids.entrySet()) {
            filled = filled.replace("<" + person.getKey() + ">", person.getValue());
        }
        String[] method = row.endpoint().split(" ");
        String path = AuthorisationMatrix.filledPath(method[1], filled);
        String body = row.body().isEmpty() ? null : row.body().replace("<email>", Api.newEmail());
        return people.get(caller).send(method[0], "/api" + path, body);
    }

    /** With everybody in it but the outsider and the super admin. */
    private String madeOrganisation() {
        // By an admin, who sets no limit of how many one may own.
        String id = people.get("super admin")
                .post("/api/admin/organizations", """
                        {"name":"matrix %s","ownerId":"%s","tier":"enterprise","maxDevicesPerUser":1000}""".formatted(UUID.randomUUID(), ids.get("owner")))
                .expect(201)
                .data()
                .getString("id");
        for (String role : ROLES.subList(0, 3)) {
            product.addToOrganisation(id, ids.get(role), role);
            product.addToOrganisation(id, ids.get("second " + role), role);
        }
        return id;
    }

    private String invited(String organisation) {
        return people.get("owner")
                .post(ORGANISATIONS + "/" + organisation + "/invitations", """
                        {"email":"%s","role":"viewer"}""".formatted(Api.newEmail()))
                .expect(201)
                .data()
                .getString("id");
    }

    private static String told(Api.Answer answer) {
        return answer.status() < 400 ? String.valueOf(answer.status()) : answer.status() + " " + answer.code();
    }
}
