package io.vpnenterprise;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.vpnenterprise.platform.web.MayCall;
import jakarta.ejb.Singleton;
import jakarta.ejb.Stateless;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows of the design: {@code web → batch → ejb → node-connector}, and between the features. */
class ArchitectureTest {

    private static final String ROOT = "io.vpnenterprise.";

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.vpnenterprise");

    /** Which features a feature may call. */
    private static final Map<String, List<String>> MAY_CALL = Map.of(
            "platform", List.of(),
            "identity", List.of("platform"),
            "fleet", List.of("platform"),
            "access", List.of("platform", "fleet", "identity"),
            "tenants", List.of("platform", "identity"),
            "query", List.of("platform", "identity", "tenants"),
            "notifications", List.of("platform", "identity", "tenants"),
            "audit", List.of("platform"),
            "realtime", List.of("platform", "identity", "audit"));

    @Test
    void featuresCallOnlyWhomTheyMay() {
        MAY_CALL.forEach((feature, others) -> {
            String[] allowed = Stream.concat(Stream.of(feature, "node"), others.stream())
                    .map(name -> ROOT + name + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage(ROOT + feature + "..")
                    .and()
                    .resideOutsideOfPackages("..web", "..batch")
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage("io.vpnenterprise..").and(resideOutsideOfPackages(allowed)))
                    .check(PRODUCT);
        });
    }

    @Test
    void identityDoesNotKnowWhoElseSignsItsUsersIn() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "identity")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "identity.provider")
                .check(PRODUCT);
    }

    @Test
    void accessKnowsNeitherWhoCountsItsTrafficNorWhatIsMadeOfItsConfigurations() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "access")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + "access.traffic", ROOT + "access.client")
                .check(PRODUCT);
    }

    @Test
    void onlyFleetAndAccessKnowTheConnector() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "node", ROOT + "fleet", ROOT + "access", ROOT + "access.traffic")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "node")
                .check(PRODUCT);
    }

    @Test
    void theConnectorKnowsNobody() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "node")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("io.vpnenterprise..").and(resideOutsideOfPackages(ROOT + "node")))
                .check(PRODUCT);
    }

    @Test
    void theProductKnowsNeitherItsEdgesNorItsJobs() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..web", "..batch")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vpnenterprise..web", "io.vpnenterprise..batch")
                .check(PRODUCT);
    }

    @Test
    void jobsDoNotKnowTheWeb() {
        noClasses()
                .that()
                .resideInAPackage("..batch")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.vpnenterprise..web")
                .check(PRODUCT);
    }

    @Test
    void onlyTheWebSaysWhoMayCall() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..web")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(MayCall.class)
                .check(PRODUCT);
    }

    /** Payara's proxies of beans live in a package of their own: a call with a hidden type fails there, at run time. */
    @Test
    void beansMethodsHaveOnlyPublicTypes() {
        List<String> hidden = PRODUCT.stream()
                .filter(type -> type.isAnnotatedWith(Stateless.class) || type.isAnnotatedWith(Singleton.class))
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(method -> !method.getModifiers().contains(JavaModifier.STATIC))
                .filter(method -> method.getAllInvolvedRawTypes().stream()
                        .anyMatch(type -> type.getName().startsWith("io.vpnenterprise.")
                                && !type.getModifiers().contains(JavaModifier.PUBLIC)))
                .map(JavaMethod::getFullName)
                .toList();
        assertThat(hidden).isEmpty();
    }
}
