package org.kt4j.engine.training;

import java.nio.file.Path;
import java.util.Locale;
import org.kt4j.engine.experiment.ExperimentConfig;

/**
 * A training to be done.
 *
 * @param config what
 * @param folder where its files go
 * @param runs where the runs go that it needs: a teacher or a baseline named by configuration
 */
public record RunPlan(ExperimentConfig config, Path folder, Path runs) {

  /** Where runs go unless somebody says otherwise. */
  public static final Path RUNS = Path.of("runs");

  /** A plan whose other runs go to the usual place. */
  public static RunPlan of(ExperimentConfig config, Path folder) {
    return new RunPlan(config, folder, RUNS);
  }

  /**
   * The usual folder of a configuration's run: {@code runs/quickstart/nst-kd/seed-1} for {@code
   * configs/quickstart/nst-kd.yaml}.
   */
  public static Path folder(Path runs, Path configuration, long seed) {
    Path absolute = configuration.toAbsolutePath().normalize();
    String name = absolute.getFileName().toString().replaceFirst("\\.ya?ml$", "");
    Path parent = absolute.getParent();
    Path group = parent == null ? null : parent.getFileName();
    Path base = group == null ? runs : runs.resolve(group.toString());
    return base.resolve(name).resolve(String.format(Locale.ROOT, "seed-%d", seed));
  }
}
