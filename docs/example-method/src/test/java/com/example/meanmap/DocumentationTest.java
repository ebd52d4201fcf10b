package com.example.meanmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.TermWeight;

/** docs/extending.md says what is true. */
class DocumentationTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "main/java/com/example/meanmap/MeanMapOptions.java",
        "main/java/com/example/meanmap/MeanMapProvider.java",
        "main/java/com/example/meanmap/MeanMap.java",
        "test/java/com/example/meanmap/MeanMapTest.java"
      })
  void the_page_shows_the_sources_as_they_are(String source) throws IOException {
    String page = Files.readString(Path.of("..", "extending.md"));
    String code = Files.readString(Path.of("src", source));

    assertThat(page).contains("```java\n" + body(code) + "```");
  }

  /** Without package and imports. */
  private static String body(String code) {
    int last = code.lastIndexOf("\nimport ");
    return code.substring(code.indexOf('\n', last + 1) + 1).stripLeading();
  }

  @Test
  void a_configuration_names_the_method_and_its_mistakes_are_told() {
    ExperimentReader reader =
        Guice.createInjector(KtModule.fromClassPath()).getInstance(ExperimentReader.class);
    String yaml =
        """
        data: {name: shapes}
        teacher: {run: runs/teacher}
        student: {network: resnet-8}
        phases:
          - {name: one, epochs: 1, objective: [{term: mean-map, weight: 2, gain: GAIN}]}
        """;

    assertThat(reader.parse("test", yaml.replace("GAIN", "0.5")).phases().get(0).objective())
        .singleElement()
        .extracting("term", "weight")
        .containsExactly("mean-map", TermWeight.of(2));
    assertThatThrownBy(() -> reader.parse("test", yaml.replace("GAIN", "-1")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("test: phases[0].objective[0].gain: -1.0 is not allowed; allowed: 1e-6 to 1e6");
  }
}
