package org.kt4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
  private List<String> settings = List.of();

  /**
   * The values by their paths, in the order in which they were given.
   *
   * @throws BadInputException when one is no such pair, or a path is given twice
   */
  Map<String, String> overrides() {
    Map<String, String> overrides = new LinkedHashMap<>();
    for (String each : settings) {
      int equals = each.indexOf('=');
      String path = equals < 0 ? "" : each.substring(0, equals).strip();
      if (path.isEmpty()) {
        throw new BadInputException(
            "--set: '" + each + "' is not allowed; allowed: PATH=VALUE, such as phases.0.epochs=2");
      }
      if (overrides.put(path, each.substring(equals + 1)) != null) {
        throw new BadInputException("--set: " + path + " is given more than once; allowed: once");
      }
    }
    return overrides;
  }

  ExperimentConfig read(ExperimentReader reader, Path file, Map<String, String> more) {
    if (Files.isDirectory(file)) {
      throw new BadInputException(file + ": is a folder; allowed: a configuration file");
    }
    Map<String, String> all = new LinkedHashMap<>(overrides());
    all.putAll(more);
    return reader.read(file, all);
  }
}
