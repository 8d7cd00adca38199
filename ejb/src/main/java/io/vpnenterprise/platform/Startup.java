package io.vpnenterprise.platform;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Comparator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.flywaydb.core.Flyway;

/**
 * The order in which the product begins: settings, migrations, master key, then each feature's own first steps. Anything
 * that fails here fails the deployment, with its sentence in the log.
 */
@Singleton
@jakarta.ejb.Startup
@TransactionManagement(TransactionManagementType.BEAN)
// Not the container's locks: they give up after seconds, and who waits here waits for the migrations.
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
public class Startup {

    private static final Logger LOG = Logger.getLogger(Startup.class.getName());

    @Inject
    DataSource dataSource;

    @Inject
    @Any
    Instance<FeatureConfig> configs;

    @Inject
    Secrets secrets;

    @Inject
    @Any
    Instance<FirstStep> firstSteps;

    @Inject
    PlatformConfig platform;

    private final Logs logs = new Logs();
    private List<Settings.Known> settings = List.of();

    @PostConstruct
    void begin() {
        logs.begin();
        try {
            readSettings();
            logs.level(platform.logLevel());
            migrate();
            secrets.requireOpensWhatIsStored();
            firstSteps.stream()
                    .sorted(Comparator.comparingInt(FirstStep::order))
                    .forEach(FirstStep::take);
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "VPN Enterprise does not start: {0}", e.getMessage());
            logs.end();
            throw e;
        }
    }

    @PreDestroy
    void end() {
        logs.end();
    }

    /**
     * Returns when all of that is done: called first by whatever else begins by itself. The platform's own way, {@code
     * @DependsOn}, names modules, and those are others in the EAR than in the WAR.
     */
    public void done() {
        // The container has run begin() before it lets anybody in.
    }

    /** The settings in effect, secrets masked. */
    public List<Settings.Known> settings() {
        return settings;
    }

    private void readSettings() {
        Config config = ConfigProvider.getConfig();
        Settings read = new Settings(key -> config.getOptionalValue(key, String.class));
        configs.forEach(feature -> feature.read(read));
        read.refuseUnknown(config.getPropertyNames(), System.getenv().keySet());
        settings = read.known();
    }

    private void migrate() {
        int applied = Flyway.configure(Startup.class.getClassLoader())
                .dataSource(dataSource)
                .locations("classpath:db/migration")
                .table("schema_history")
                // WildFly makes its job repository's tables here before we begin; ours are all still to come.
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load()
                .migrate()
                .migrationsExecuted;
        LOG.log(Level.INFO, "database ready, {0} migrations applied", applied);
    }
}
