package org.kt4j.engine.source;

import java.nio.file.Path;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;
import org.kt4j.engine.experiment.BatchNorm;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.Replication;
import org.kt4j.engine.training.Trainer;

/**
 * A run to be trained.
 *
 * @param config of the run
 * @param folder for its files
 * @param runs the folder for the runs that it needs: a teacher or a baseline named by its
 *     configuration
 * @param replicas the workers that train it
 */
public record RunPlan(ExperimentConfig config, Path folder, Path runs, Replicas replicas) {

  /** The default folder of all runs. */
  public static final Path RUNS = Path.of("runs");

  /** A plan for one worker. */
  public RunPlan(ExperimentConfig config, Path folder, Path runs) {
    this(config, folder, runs, Replicas.one());
  }

  /** The same run, trained by several workers. */
  public RunPlan by(Replicas workers) {
    return new RunPlan(config, folder, runs, workers);
  }

  /** How its student is trained. */
  public Replication replication() {
    return new Replication(replicas, config.batchNorm() == BatchNorm.SYNCHRONISED);
  }

  /** A plan whose other runs go to the default folder. */
  public static RunPlan of(ExperimentConfig config, Path folder) {
    return new RunPlan(config, folder, RUNS);
  }

  /**
   * Checks that the run does not write where it reads: at its teachers, its starting point, its
   * baseline or its data.
   *
   * @throws org.kt4j.config.ConfigurationException when it does
   */
  public void requireApart(ExperimentReader reader) {
    ReadPlaces.requireApart(this, new SourceResolver(runs, reader));
  }

  /**
   * The usual folder of a run, see {@link Trainer#folder}.
   *
   * @param runs where all runs go
   * @param file the configuration's file
   * @param config what was read from it, with overrides
   */
  public static Path folder(
      Path runs, Path file, ExperimentConfig config, ExperimentReader reader) {
    ExperimentConfig written = reader.read(file, Map.of());
    String plain = reader.write(written.on(written.data(), config.seed()));
    String actual = reader.write(config);
    String mark = plain.equals(actual) ? "" : "-" + mark(actual);
    Path absolute = file.toAbsolutePath().normalize();
    String name = absolute.getFileName().toString().replaceFirst("\\.ya?ml$", "");
    Path parent = absolute.getParent();
    Path group = parent == null ? null : parent.getFileName();
    Path base = group == null ? runs : runs.resolve(group.toString());
    return base.resolve(name).resolve("seed-" + config.seed() + mark);
  }

  /**
   * The digest that distinguishes runs of different configurations.
   *
   * @param text the configuration, as {@link ExperimentReader#write} writes it
   * @return eight hexadecimal digits
   */
  public static String mark(String text) {
    return DigestUtils.sha256Hex(text).substring(0, 8);
  }
}
