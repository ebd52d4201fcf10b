package org.kt4j.engine.source;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.BaselineConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.RunSource;
import org.kt4j.engine.experiment.StartConfig;
import org.kt4j.engine.run.RunFolder;

/**
 * Finds the runs that a configuration names: of a teacher, of a starting point, of a baseline.
 *
 * @param runs where runs are that are named by their configuration
 * @param reader reads their configurations
 */
public record SourceResolver(Path runs, ExperimentReader reader) {

  static final String CONFIGURATION = "a configuration, found beside the one that names it";

  /**
   * The run of a source.
   *
   * @param place where the source stands in the configuration, for messages
   * @throws ConfigurationException when the run is not there, or its configuration cannot be read
   */
  public SourceRun run(String place, RunSource source) {
    if (source instanceof RunSource.OfConfiguration named) {
      NetworkFit.requireFile(place + ".config", named.config(), CONFIGURATION);
      return trained(named, reader.read(named.config(), Map.of()));
    }
    if (source instanceof RunSource.OfRun named) {
      Path config = RunFolder.config(named.run());
      if (!Files.exists(config)) {
        throw ConfigurationException.of(
            place
                + ".run: "
                + named.run()
                + ": there is no run here (no config.yaml); fix: name a run folder, "
                + "or train one on demand with config");
      }
      return new SourceRun(reader.readResolved(config), named.run(), null);
    }
    throw new IllegalStateException("no such source of a run: " + source);
  }

  /**
   * The run of a baseline, on the data and with the seed of the experiment that names it.
   *
   * @throws ConfigurationException when its configuration cannot be read
   */
  public SourceRun baseline(BaselineConfig baseline, ExperimentConfig of) {
    RunSource.OfConfiguration named = baseline.source();
    NetworkFit.requireFile("baseline.config", named.config(), CONFIGURATION);
    return trained(named, reader.read(named.config(), Map.of()).on(of.data(), of.seed()));
  }

  /**
   * The experiment with pictures that are normalised as those of the run that its student begins
   * with, if it names such a run and no normalization.
   *
   * @return the same experiment where nothing changes
   * @throws ConfigurationException when the run is not there, or its configuration cannot be read
   */
  public ExperimentConfig normalised(ExperimentConfig config) {
    StartConfig start = config.start();
    if (config.normalization() != null
        || start == null
        || !(start.source() instanceof RunSource named)) {
      return config;
    }
    Normalization own = reader.normalization(config);
    Normalization begun = reader.normalization(run("start", named).config());
    return begun.equals(own) || begun.channels() != own.channels() ? config : config.with(begun);
  }

  private SourceRun trained(RunSource.OfConfiguration source, ExperimentConfig config) {
    Path file = source.config();
    NeededConfigurations.requireEnd(file, config, reader);
    // What it learns to see is a matter of its start; where it lies is one of its file.
    return new SourceRun(normalised(config), RunPlan.folder(runs, file, config, reader), file);
  }
}
