package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kt4j.comparison.suite.SuitePlan;
import org.kt4j.comparison.suite.SuiteReader;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentReader;

class ShippedConfigurationsTest {

  private static final Injector INJECTOR = Guice.createInjector(KtModule.fromClassPath());

  static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(Path.of("..", "configs"))) {
      return all.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void is_read_without_a_complaint_and_opens_with_what_it_is_for(Path file) throws IOException {
    if (Files.readString(file).contains("\nmethods:\n")) {
      SuitePlan plan =
          INJECTOR.getInstance(SuiteReader.class).read(file, Map.of(), Path.of("runs"));
      assertThat(plan.inOrder()).hasSizeGreaterThanOrEqualTo(7);
    } else {
      assertThat(INJECTOR.getInstance(ExperimentReader.class).read(file, Map.of()).epochs())
          .isPositive();
    }
    assertThat(Files.readString(file)).startsWith("# ");
  }
}
