package io.vpnenterprise.query;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A step of a plan, with those that it takes its rows from (PostgreSQL, EXPLAIN).
 *
 * @param type such as {@code Seq Scan}
 * @param relation the table, if it is of one
 * @param startupCost in the planner's units, as is {@code totalCost}
 * @param planRows that the planner expects
 * @param actualMillis all its loops together, when it was run
 * @param actualRows of each loop
 * @param properties all else that PostgreSQL says of it
 */
public record PlanNode(
        String type,
        Optional<String> relation,
        double startupCost,
        double totalCost,
        double planRows,
        Optional<Double> actualMillis,
        Optional<Double> actualRows,
        Optional<Double> loops,
        Map<String, String> properties,
        List<PlanNode> children) {

    private static final Set<String> TOLD = Set.of(
            "Node Type",
            "Relation Name",
            "Startup Cost",
            "Total Cost",
            "Plan Rows",
            "Actual Rows",
            "Actual Total Time",
            "Actual Loops",
            "Plans");

    static PlanNode of(JsonObject node) {
        List<PlanNode> children = new ArrayList<>();
        if (node.get("Plans") instanceof JsonArray plans) {
            plans.getValuesAs(JsonObject.class).forEach(plan -> children.add(of(plan)));
        }
        Map<String, String> properties = new TreeMap<>();
        node.forEach((name, value) -> {
            if (!TOLD.contains(name)) {
                properties.put(name, text(value));
            }
        });
        Optional<Double> loops = number(node, "Actual Loops");
        return new PlanNode(
                node.getString("Node Type", "Utility"),
                Optional.ofNullable(node.getString("Relation Name", null)),
                number(node, "Startup Cost").orElse(0.0),
                number(node, "Total Cost").orElse(0.0),
                number(node, "Plan Rows").orElse(0.0),
                number(node, "Actual Total Time").map(millis -> millis * loops.orElse(1.0)),
                number(node, "Actual Rows"),
                loops,
                properties,
                children);
    }

    private static String text(JsonValue value) {
        return value instanceof JsonString string ? string.getString() : value.toString();
    }

    private static Optional<Double> number(JsonObject node, String name) {
        return node.get(name) instanceof JsonNumber number ? Optional.of(number.doubleValue()) : Optional.empty();
    }
}
