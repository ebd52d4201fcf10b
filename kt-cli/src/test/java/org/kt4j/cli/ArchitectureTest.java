package org.kt4j.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.TryCatchBlock;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.File;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.kt4j.cli.visible.Asked;

/** The arrows between the modules, as {@code docs/architecture.md} draws them. */
@AnalyzeClasses(packages = "org.kt4j", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final List<String> METHODS =
      List.of("kd", "nst", "attention", "fitnets", "relations", "features");

  /** The modules by their packages, with their folders. */
  private static final Map<String, String> MODULES =
      Map.ofEntries(
          Map.entry("api", "kt-api"),
          Map.entry("config", "kt-config"),
          Map.entry("data", "kt-data"),
          Map.entry("kd", "kt-kd"),
          Map.entry("nst", "kt-nst"),
          Map.entry("attention", "kt-attention"),
          Map.entry("fitnets", "kt-fitnets"),
          Map.entry("relations", "kt-relations"),
          Map.entry("features", "kt-features"),
          Map.entry("engine", "kt-engine"),
          Map.entry("models", "kt-models"),
          Map.entry("onnx", "kt-onnx"),
          Map.entry("pruning", "kt-pruning"),
          Map.entry("cluster", "kt-cluster"),
          Map.entry("imagelevel", "kt-image-level"),
          Map.entry("classification", "kt-classification"),
          Map.entry("detection", "kt-detection"),
          Map.entry("testkit", "kt-testkit"),
          Map.entry("comparison", "benchmarks/comparison"),
          Map.entry("speed", "benchmarks/speed"),
          Map.entry("cli", "kt-cli"));

  /** Public classes that no class outside of their package names, each with the reason. */
  private static final Map<String, String> PUBLIC_ALL_THE_SAME =
      Map.ofEntries(
          Map.entry("org.kt4j.classification.ClassificationModule", "ServiceLoader makes it"),
          Map.entry("org.kt4j.cluster.GrpcReplicasProvider", "ServiceLoader makes it"),
          Map.entry("org.kt4j.data.Cifar100Provider", "ServiceLoader makes it"),
          Map.entry("org.kt4j.data.FashionMnistProvider", "ServiceLoader makes it"),
          Map.entry("org.kt4j.data.ImageFolderProvider", "ServiceLoader makes it"),
          Map.entry("org.kt4j.data.MnistProvider", "ServiceLoader makes it"),
          Map.entry("org.kt4j.detection.data.ShapesDetectionProvider", "ServiceLoader makes it"),
          Map.entry("org.kt4j.detection.graph.FasterRcnnProvider", "ServiceLoader makes it"),
          Map.entry("org.kt4j.models.ModelTeacherOpener", "ServiceLoader makes it"),
          Map.entry("org.kt4j.onnx.OnnxAccelerator", "ServiceLoader makes it"),
          Map.entry("org.kt4j.onnx.OnnxFormat", "ServiceLoader makes it"),
          Map.entry("org.kt4j.pruning.FilterPruning", "ServiceLoader makes it"),
          Map.entry("org.kt4j.pruning.L1Provider", "ServiceLoader makes it"),
          Map.entry("org.kt4j.pruning.LassoProvider", "ServiceLoader makes it"),
          Map.entry("org.kt4j.pruning.RandomProvider", "ServiceLoader makes it"),
          Map.entry("org.kt4j.pruning.TaylorProvider", "ServiceLoader makes it"),
          Map.entry("org.kt4j.pruning.ThinetProvider", "ServiceLoader makes it"),
          Map.entry("org.kt4j.pruning.mask.MagnitudeProvider", "ServiceLoader makes it"),
          Map.entry("org.kt4j.pruning.mask.ObdProvider", "ServiceLoader makes it"),
          Map.entry(
              "org.kt4j.imagelevel.NamedOutput", "for tasks of others, see docs/extending.md"));

  private static final String[] JDK_AND_NULLNESS = {"java..", "javax..", "org.jspecify.."};
  private static final String[] TENSORFLOW = {"org.tensorflow..", "org.bytedeco.javacpp.."};

  private static ArchCondition<JavaCodeUnit> notCatchExceptionsOf(String name) {
    return new ArchCondition<>("not catch exceptions of " + name + " by their type") {
      @Override
      public void check(JavaCodeUnit unit, ConditionEvents events) {
        for (TryCatchBlock block : unit.getTryCatchBlocks()) {
          for (JavaClass caught : block.getCaughtThrowables()) {
            if (caught.getPackageName().equals(name)) {
              events.add(
                  SimpleConditionEvent.violated(
                      unit,
                      unit.getFullName()
                          + " catches "
                          + caught.getSimpleName()
                          + "; fix: catch RuntimeException and ask TensorFlowFailure"));
            }
          }
        }
      }
    };
  }

  /** Without it a rule about a module that is not on the class path would hold. */
  @ArchTest
  static void every_module_is_looked_at(JavaClasses ours) {
    for (String module : MODULES.keySet()) {
      assertThat(ours.containPackage("org.kt4j." + module)).as(module).isTrue();
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
    reaches(ours, "config", "api");
    reaches(ours, "data", "api");
    reaches(ours, "engine", "api", "config", "data");
    reaches(ours, "models", "api", "config", "data", "engine", "onnx");
    reaches(ours, "onnx", "api", "config", "data", "engine");
    reaches(ours, "pruning", "api", "config", "data", "engine");
    reaches(ours, "cluster", "api", "config", "data", "engine");
    reaches(ours, "imagelevel", "api", "config", "data", "engine");
    reaches(ours, "classification", "api", "config", "data", "engine", "imagelevel");
    reaches(ours, "detection", "api", "config", "data", "engine");
    reaches(ours, "testkit", "api", "config", "data", "engine", "imagelevel");
    reaches(ours, "comparison", "api", "config", "data", "engine");
    reaches(
        ours,
        "speed",
        MODULES.keySet().stream()
            .filter(module -> !module.equals("cli") && !module.equals("testkit"))
            .toArray(String[]::new));
    reaches(ours, "cli", "api", "config", "data", "engine", "comparison");
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
  static final ArchRule the_packages_of_the_engine_form_no_cycle =
      slices().matching("org.kt4j.engine.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule configurations_and_data_need_no_tensorflow =
      noClasses()
          .that()
          .resideInAnyPackage("org.kt4j.config..", "org.kt4j.data..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(TENSORFLOW);

  @ArchTest
  static final ArchRule the_files_of_a_run_are_read_without_tensorflow =
      noClasses()
          .that()
          .resideInAPackage("org.kt4j.engine.run..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(TENSORFLOW).or(resideInAPackage("org.kt4j.engine.graph..")));

  @ArchTest
  static final ArchRule engine_reports_and_command_line_name_no_task =
      noClasses()
          .that()
          .resideInAnyPackage("org.kt4j.engine..", "org.kt4j.comparison..", "org.kt4j.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.kt4j.imagelevel..",
              "org.kt4j.classification..",
              "org.kt4j.detection..",
              "org.kt4j.models..",
              "org.kt4j.onnx..",
              "org.kt4j.pruning..");

  /** NpzFile reads arrays with DJL; its engines are for models of other tools, in kt-models. */
  @ArchTest
  static final ArchRule who_trains_with_our_networks_needs_no_engine_of_djl =
      noClasses()
          .that()
          .resideInAPackage("org.kt4j.engine..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("ai.djl..")
                  .and(not(resideInAnyPackage("ai.djl.ndarray..", "ai.djl.util.."))));

  /**
   * Its exceptions have no common type, so who catches one of them misses others; see
   * TensorFlowFailure.
   */
  @ArchTest
  static final ArchRule no_exception_of_tensorflow_is_caught_by_its_type =
      codeUnits().should(notCatchExceptionsOf("org.tensorflow.exceptions"));

  @Test
  void a_catch_of_an_exception_by_its_type_is_found() {
    assertThat(Catching.caught(() -> {})).isFalse();

    JavaClasses catching = new ClassFileImporter().importClasses(Catching.class);

    assertThat(
            codeUnits()
                .should(notCatchExceptionsOf("java.util.concurrent"))
                .evaluate(catching)
                .getFailureReport()
                .getDetails())
        .singleElement()
        .asString()
        .contains("Catching.caught", "catches CancellationException");
  }

  /** What the rule is for, with another exception. */
  private static final class Catching {

    static boolean caught(Runnable work) {
      try {
        work.run();
        return false;
      } catch (CancellationException e) {
        return true;
      }
    }
  }

  @Test
  void what_is_public_is_used_outside_of_its_package() {
    JavaClasses all = withTests();
    List<String> packages = packages(all);

    List<String> unused = unused(all, packages, PUBLIC_ALL_THE_SAME.keySet());

    assertThat(packages).contains("org.kt4j.engine.task", "org.kt4j.data", "org.kt4j.config");
    assertThat(unused)
        .as("public, but no class outside of the package uses them; fix: make them package-private")
        .isEmpty();
  }

  @Test
  void what_is_public_for_a_reason_would_be_found_without_one() {
    JavaClasses all = withTests();

    assertThat(unused(all, packages(all), Set.of())).containsAll(PUBLIC_ALL_THE_SAME.keySet());
  }

  private static List<String> packages(JavaClasses all) {
    return all.stream()
        .map(JavaClass::getPackageName)
        .filter(
            name ->
                name.matches(
                    "org[.]kt4j[.](?!api|cli|speed|kd|nst|attention|fitnets|relations|features).*"))
        .distinct()
        .sorted()
        .toList();
  }

  private static List<String> unused(JavaClasses all, List<String> packages, Set<String> needed) {
    return packages.stream()
        .flatMap(name -> PublicClasses.unused(all, name, needed).stream())
        .toList();
  }

  @Test
  void a_public_class_that_its_own_package_alone_uses_is_found() {
    assertThat(Asked.answer().depth()).isEqualTo(42);

    JavaClasses ours = new ClassFileImporter().importPackages("org.kt4j.cli");

    assertThat(PublicClasses.unused(ours, "org.kt4j.cli.visible", Set.of()))
        .containsExactly("org.kt4j.cli.visible.Thought");
    assertThat(
            PublicClasses.unused(
                ours, "org.kt4j.cli.visible", Set.of("org.kt4j.cli.visible.Thought")))
        .isEmpty();
  }

  /** All modules with the tests of all of them. */
  private static JavaClasses withTests() {
    List<Path> folders = new ArrayList<>();
    for (String folder : MODULES.values()) {
      Path target = Path.of("..", folder, "target");
      assertThat(target.resolve("classes")).isDirectory();
      folders.add(target.resolve("classes"));
      Path tests = target.resolve("test-classes");
      if (Files.isDirectory(tests)) {
        folders.add(tests);
      }
    }
    return new ClassFileImporter().importPaths(folders);
  }

  /** So that a test can stop before each of them, see {@code FileSteps.stoppedBefore}. */
  @ArchTest
  static final ArchRule files_are_renamed_flushed_and_deleted_in_one_place =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.kt4j.data.file..", "org.kt4j.speed..")
          .should()
          .callMethodWhere(
              target(owner(type(Files.class)))
                  .and(target(nameMatching("move|delete|deleteIfExists"))))
          .orShould()
          .callMethodWhere(
              target(owner(type(FileChannel.class))).and(target(nameMatching("force"))))
          .orShould()
          .callMethodWhere(
              target(owner(type(File.class))).and(target(nameMatching("delete|renameTo"))));

  @ArchTest
  static final ArchRule only_the_command_line_knows_picocli_and_a_log_back_end =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.kt4j.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("picocli..", "ch.qos.logback..");
}
