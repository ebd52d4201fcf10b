package org.kt4j.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/** The arrows between the modules, as {@code docs/architecture.md} draws them. */
@AnalyzeClasses(packages = "org.kt4j", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final List<String> METHODS = List.of("kd", "nst", "attention", "fitnets");
  private static final List<String> MODULES =
      List.of(
          "api",
          "kd",
          "nst",
          "attention",
          "fitnets",
          "engine",
          "detection",
          "testkit",
          "benchmarks",
          "cli");
  private static final String[] JDK_AND_NULLNESS = {"java..", "javax..", "org.jspecify.."};
  private static final String[] TENSORFLOW = {"org.tensorflow..", "org.bytedeco.javacpp.."};

  /** Without it a rule about a module that is not on the class path would hold. */
  @ArchTest
  static void every_module_is_looked_at(JavaClasses ours) {
    for (String module : MODULES) {
      assertThat(ours.containPackage("org.kt4j." + module)).as("kt-%s", module).isTrue();
    }
  }

  @ArchTest
  static final ArchRule the_api_knows_tensorflow_and_nothing_else =
      classes()
          .that()
          .resideInAPackage("org.kt4j.api..")
          .should()
          .onlyDependOnClassesThat(
              resideInAPackage("org.kt4j.api..")
                  .or(resideInAnyPackage(JDK_AND_NULLNESS))
                  .or(resideInAnyPackage(TENSORFLOW)));

  @ArchTest
  static void a_method_knows_the_api_and_no_other_method(JavaClasses ours) {
    for (String method : METHODS) {
      String own = "org.kt4j." + method + "..";
      classes()
          .that()
          .resideInAPackage(own)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(own, "org.kt4j.api..", "com.google.inject..", "jakarta.inject..")
                  .or(resideInAnyPackage(JDK_AND_NULLNESS))
                  .or(resideInAnyPackage(TENSORFLOW)))
          .check(ours);
    }
  }

  @ArchTest
  static void a_module_knows_only_what_its_arrow_points_to(JavaClasses ours) {
    reaches(ours, "engine", "api");
    reaches(ours, "detection", "api", "engine");
    reaches(ours, "testkit", "api", "engine");
    reaches(ours, "benchmarks", "api", "engine", "detection");
    reaches(ours, "cli", "api", "engine", "detection", "benchmarks");
  }

  private static void reaches(JavaClasses ours, String module, String... others) {
    var reachable = resideInAPackage("org.kt4j." + module + "..");
    for (String other : others) {
      reachable = reachable.or(resideInAPackage("org.kt4j." + other + ".."));
    }
    noClasses()
        .that()
        .resideInAPackage("org.kt4j." + module + "..")
        .should()
        .dependOnClassesThat(resideInAPackage("org.kt4j..").and(not(reachable)))
        .check(ours);
  }

  @ArchTest
  static final ArchRule the_modules_form_no_cycle =
      slices().matching("org.kt4j.(*)..").should().beFreeOfCycles();

  @ArchTest
  static void what_is_internal_stays_in_its_module(JavaClasses ours) {
    for (String module : MODULES) {
      noClasses()
          .that()
          .resideOutsideOfPackage("org.kt4j." + module + "..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.kt4j." + module + "..internal..")
          .check(ours);
    }
  }

  @ArchTest
  static final ArchRule only_the_command_line_knows_picocli_and_a_log_back_end =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.kt4j.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("picocli..", "ch.qos.logback..");
}
