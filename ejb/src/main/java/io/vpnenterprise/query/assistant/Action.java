package io.vpnenterprise.query.assistant;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What the assistant is asked to do; the original's four. */
public enum Action {
    GENERATE("Write one PostgreSQL statement that answers the question."),
    EXPLAIN("Explain in plain words what the statement does, step by step."),
    OPTIMISE("Rewrite the statement so that it gives the same rows with less work, and name indexes that would help."),
    FIX("Correct the statement; the question holds the error that it caused, if it is known.");

    private final String task;

    Action(String task) {
        this.task = task;
    }

    /** By its label; the American spelling is the original's. */
    public static Optional<Action> find(String label) {
        return Arrays.stream(values())
                .filter(action -> action.label().equals(label) || action == OPTIMISE && "optimize".equals(label))
                .findFirst();
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As the model is told. */
    String task() {
        return task;
    }
}
