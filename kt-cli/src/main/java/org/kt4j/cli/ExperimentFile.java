package org.kt4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import picocli.CommandLine.Option;

/** The options of a command that reads a configuration. */
final class ExperimentFile {

  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description = {
        "Override a value of the configuration: --set phases.0.epochs=2. Can be repeated.",
        "Of the overridden values, the baseline takes those of data and seed only."
      })
  private Map<String, String> overrides = new LinkedHashMap<>();

  Map<String, String> overrides() {
    return overrides;
  }

  ExperimentConfig read(ExperimentReader reader, Path file, Map<String, String> more) {
    if (Files.isDirectory(file)) {
      throw new BadInputException(file + ": is a folder; allowed: a configuration file");
    }
    Map<String, String> all = new LinkedHashMap<>(overrides);
    all.putAll(more);
    return reader.read(file, all);
  }
}
