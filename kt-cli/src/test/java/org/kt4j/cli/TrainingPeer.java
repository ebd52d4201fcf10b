package org.kt4j.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.ReplicasProvider;
import org.kt4j.engine.replica.Workers;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.TrainingListener;

/** One worker in a process of its own, whose run folder is there afterwards, unlike that of kt. */
final class TrainingPeer {

  private TrainingPeer() {}

  /**
   * Trains.
   *
   * @param arguments the configuration, the folder for the run, the rank and the addresses of all
   */
  public static void main(String[] arguments) {
    Workers workers =
        new Workers(
            List.of(arguments[3].split(",", -1)),
            Integer.parseInt(arguments[2]),
            Duration.ofSeconds(60));
    ReplicasProvider provider =
        ServiceLoader.load(ReplicasProvider.class).findFirst().orElseThrow();
    Replicas replicas = provider.join(workers);
    train(Path.of(arguments[0]), Path.of(arguments[1]), replicas);
    replicas.close();
    Runtime.getRuntime().halt(0);
  }

  static void train(Path config, Path run, Replicas replicas) {
    Installed installed = new Installed();
    RunPlan plan =
        new RunPlan(
            installed.reader().read(config, Map.of()), run, run.resolveSibling("runs"), replicas);
    installed.trainer().train(plan, new TrainingListener() {});
  }
}
