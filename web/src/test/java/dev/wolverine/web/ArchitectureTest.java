package dev.wolverine.web;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.net.HttpURLConnection;

/** Who may know whom, in all modules. */
@AnalyzeClasses(
        packages = "dev.wolverine",
        importOptions = {
            ImportOption.DoNotIncludeTests.class,
            ArchitectureTest.DoNotIncludeTestJars.class
        })
class ArchitectureTest {

    private static final DescribedPredicate<JavaClass> OURS = resideInAPackage("dev.wolverine..");

    @ArchTest static final ArchRule protoKnowsNothingOfOurs = knowsOnly("proto");

    @ArchTest static final ArchRule dbKnowsNothingOfOurs = knowsOnly("db");

    @ArchTest
    static final ArchRule ingestKnowsTheWireAndTheStore = knowsOnly("ingest", "proto", "db");

    @ArchTest static final ArchRule queryKnowsTheStore = knowsOnly("query", "db");

    @ArchTest static final ArchRule alertsKnowTheStore = knowsOnly("alerts", "db");

    @ArchTest
    static final ArchRule nobodyKnowsTheWeb =
            noClasses()
                    .that()
                    .resideOutsideOfPackages("dev.wolverine.web..", "dev.wolverine.bench..")
                    .should()
                    .dependOnClassesThat(resideInAPackage("dev.wolverine.web.."));

    @ArchTest
    static final ArchRule driversStayInsideTheStore =
            noClasses()
                    .that()
                    .resideOutsideOfPackages("dev.wolverine.db..", "dev.wolverine.bench..")
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(
                                    "java.sql..",
                                    "org.postgresql..",
                                    "com.zaxxer..",
                                    "org.flywaydb..",
                                    "io.vertx.pgclient..",
                                    "io.vertx.sqlclient..",
                                    "redis.clients.."));

    @ArchTest
    static final ArchRule grpcStaysInsideIngest =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "dev.wolverine.ingest..",
                            "dev.wolverine.proto..",
                            "dev.wolverine.bench..")
                    .should()
                    .dependOnClassesThat(resideInAPackage("io.grpc.."));

    @ArchTest
    static final ArchRule vertxStaysInsideWebAndStore =
            noClasses()
                    .that()
                    .resideOutsideOfPackages("dev.wolverine.web..", "dev.wolverine.db..")
                    .should()
                    .dependOnClassesThat(resideInAPackage("io.vertx.."));

    /** Everything that goes out goes past the rules of where it may go. */
    @ArchTest
    static final ArchRule oneWayOut =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "dev.wolverine.alerts.outbound..",
                            "dev.wolverine.web.cli..",
                            "dev.wolverine.bench..")
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage("okhttp3..", "java.net.http..")
                                    .or(type(HttpURLConnection.class)));

    @ArchTest
    static final ArchRule onlyTheBootstrapKnowsEveryPartOfTheWeb =
            noClasses()
                    .that()
                    .resideInAnyPackage(
                            "dev.wolverine.web.http..",
                            "dev.wolverine.web.api..",
                            "dev.wolverine.web.live..",
                            "dev.wolverine.web.session..",
                            "dev.wolverine.web.json..")
                    .should()
                    .dependOnClassesThat(
                            resideInAnyPackage(
                                    "dev.wolverine.web",
                                    "dev.wolverine.web.app..",
                                    "dev.wolverine.web.cli.."));

    @ArchTest
    static final ArchRule noPackageCycles =
            slices().matching("dev.wolverine.(**)").should().beFreeOfCycles();

    /** The JDK's certificates, which one class reads, end at a Date. */
    @ArchTest
    static final ArchRule timeIsAnInstant =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("dev.wolverine.proto..")
                    .and()
                    .doNotHaveFullyQualifiedName("dev.wolverine.web.tls.CertifiedKey")
                    .should()
                    .dependOnClassesThat()
                    .haveNameMatching("java\\.util\\.(Date|Calendar|GregorianCalendar)");

    @ArchTest
    static final ArchRule onlyCommandsPrint =
            noClasses()
                    .that()
                    .resideOutsideOfPackages("dev.wolverine.web.cli..", "dev.wolverine.bench..")
                    .should()
                    .accessField(System.class, "out")
                    .orShould()
                    .accessField(System.class, "err");

    private static ArchRule knowsOnly(String module, String... others) {
        DescribedPredicate<JavaClass> allowed = resideInAPackage("dev.wolverine." + module + "..");
        for (String other : others) {
            allowed = allowed.or(resideInAPackage("dev.wolverine." + other + ".."));
        }
        return noClasses()
                .that()
                .resideInAPackage("dev.wolverine." + module + "..")
                .should()
                .dependOnClassesThat(
                        OURS.and(DescribedPredicate.not(allowed))
                                .as("are ours, but of another module than it may know"))
                .allowEmptyShould(true);
    }

    /** The tests of the store come as a jar, which is no path that a test is known by. */
    static final class DoNotIncludeTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }
}
