package org.kt4j.engine.model;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Set;
import org.kt4j.config.ConfigurationException;

/** The openers of models on the class path; there may be none. */
@Singleton
public final class ModelOpeners {

  private final Set<ModelOpener> found;

  /** Those that Guice collected. */
  @Inject
  public ModelOpeners(Set<ModelOpener> found) {
    this.found = Set.copyOf(found);
  }

  /**
   * Returns the opener of a model.
   *
   * @param place where it stands in the configuration, for the message
   * @throws ConfigurationException when the class path has no opener
   */
  public ModelOpener of(String place, Path model) {
    return found.stream()
        .findFirst()
        .orElseThrow(
            () ->
                ConfigurationException.of(
                    place
                        + ".model: "
                        + model
                        + ": nothing on the class path opens models of other tools; fix: add the"
                        + " artifact org.kt4j:kt-models"));
  }
}
