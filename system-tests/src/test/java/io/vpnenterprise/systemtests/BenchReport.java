package io.vpnenterprise.systemtests;

import io.vpnenterprise.launcher.Database;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a benchmark leaves: {@code target/bench/<name>.json}, with the day and the machine. */
final class BenchReport {

    private BenchReport() {}

    static void write(String name, JsonObjectBuilder figures) throws IOException {
        JsonObject report = figures.add("date", Instant.now().toString())
                .add("java", System.getProperty("java.runtime.version"))
                .add("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .add("cores", Runtime.getRuntime().availableProcessors())
                .build();
        Path file = Path.of("target", "bench", name + ".json");
        Files.createDirectories(file.getParent());
        try (JsonWriter writer = Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
                .createWriter(Files.newBufferedWriter(file))) {
            writer.write(report);
        }
        System.out.println(file.toAbsolutePath() + " " + report);
    }

    /** Of what drives devices. */
    static JsonObjectBuilder versions(Database database) throws SQLException {
        try (Connection sql = database.connect()) {
            return Json.createObjectBuilder()
                    .add("wireguard_go", firstLine("wireguard-go", "--version"))
                    .add("wg", firstLine("wg", "--version"))
                    .add("postgresql", sql.getMetaData().getDatabaseProductVersion());
        }
    }

    static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }

    /** All values of one figure, in the order of the rounds. */
    static String text(List<Double> values) {
        return values.stream().map(value -> Double.toString(rounded(value))).collect(Collectors.joining(" "));
    }

    private static String firstLine(String... argv) {
        return Program.run(argv).stdout().lines().findFirst().orElse("unknown");
    }
}
