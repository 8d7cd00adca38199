package io.vpnenterprise.platform.batch;

import io.vpnenterprise.platform.Expirable;
import jakarta.batch.api.AbstractBatchlet;
import jakarta.batch.api.BatchProperty;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A step of {@code housekeeping}: removes what has expired of one kind. */
@Dependent
@Named
public class RemoveExpired extends AbstractBatchlet {

    private static final Logger LOG = Logger.getLogger(RemoveExpired.class.getName());

    @Inject
    @BatchProperty
    String what;

    @Inject
    @Any
    Instance<Expirable> expirables;

    @Override
    public String process() {
        Expirable expirable = expirables.stream()
                .filter(candidate -> candidate.name().equals(what))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nothing is called " + what));
        return remove(expirable);
    }

    /** What fails must not keep the kinds behind it from their turn; the next period tries again. */
    static String remove(Expirable expirable) {
        try {
            int removed = expirable.removeExpired();
            LOG.log(removed > 0 ? Level.INFO : Level.FINE, "removed {0} expired {1}", new Object[] {
                removed, expirable.name()
            });
            return "removed " + removed;
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "expired " + expirable.name() + " stay for now", e);
            return "failed";
        }
    }
}
