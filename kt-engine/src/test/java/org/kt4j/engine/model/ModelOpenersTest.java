package org.kt4j.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.KtModule;

class ModelOpenersTest {

  private static final Path MODEL = Path.of("teacher.onnx");

  /** The engine has no opener of its own. */
  @Test
  void a_model_that_nothing_opens_names_its_place_its_file_and_the_artifact_that_is_missing() {
    ModelOpeners openers = Guice.createInjector(new KtModule()).getInstance(ModelOpeners.class);

    assertThatThrownBy(() -> openers.of("teachers[1]", MODEL))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "teachers[1].model: teacher.onnx: nothing on the class path opens models of other"
                + " tools; fix: add the artifact org.kt4j:kt-models");
  }

  @Test
  void a_model_is_opened_by_whoever_is_there() {
    ModelOpener opener =
        (place, source, normalization, shape, classes) -> {
          throw new UnsupportedOperationException();
        };

    assertThat(new ModelOpeners(Set.of(opener)).of("teacher", MODEL)).isSameAs(opener);
  }
}
