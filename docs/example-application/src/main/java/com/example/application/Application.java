package com.example.application;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.kt4j.data.Picture;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.ExportRequest;
import org.kt4j.engine.task.PredictionOptions;
import org.kt4j.engine.task.Predictor;
import org.kt4j.engine.task.Task;
import org.kt4j.engine.task.Tasks;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.engine.training.Trainer;
import org.kt4j.kd.KdModule;
import org.kt4j.nst.NstModule;

/** Trains a teacher and two students, and predicts with what was exported. */
public final class Application {

  private static final String TEACHER =
      """
      data: {name: stripes}
      student: {network: resnet-8}
      batch-size: 16
      phases: [{name: learn, epochs: 3, objective: [{term: cross-entropy}]}]
      """;

  private static final String STUDENT =
      """
      data: {name: stripes}
      teacher: {run: '%s'}
      student: {network: resnet-8, width: 8}
      batch-size: 16
      phases: [{name: distil, epochs: 3, objective: [{term: cross-entropy}, %s]}]
      """;

  private final Path runs;

  /** An application whose runs are in a folder. */
  Application(Path runs) {
    this.runs = runs;
  }

  /** Runs it; its argument is the folder. */
  public static void main(String[] arguments) {
    new Application(Path.of(arguments.length == 0 ? "runs" : arguments[0])).run();
  }

  /** The answers to one picture of each class. */
  List<String> run() {
    // The methods that are chosen here, and no others.
    Injector chosen = Guice.createInjector(new KtModule(), new NstModule(), new KdModule());
    // All methods on the class path, so the application's own too.
    Injector found = Guice.createInjector(KtModule.fromClassPath());

    train(chosen, "teacher", TEACHER);
    Path teacher = runs.resolve("teacher");
    train(chosen, "nst-kd", STUDENT.formatted(teacher, "{term: nst, weight: 5}, {term: kd}"));
    train(found, "own", STUDENT.formatted(teacher, "{term: stage-mean, weight: 2}, {term: kd}"));
    return predict(chosen, export(chosen, "nst-kd"));
  }

  private void train(Injector injector, String name, String yaml) {
    RunPlan plan = new RunPlan(config(injector, name, yaml), runs.resolve(name), runs);
    RunResult result = injector.getInstance(Trainer.class).train(plan, TrainingListener.SILENT);
    System.out.println(name + ": test accuracy " + result.testLast());
  }

  private static ExperimentConfig config(Injector injector, String name, String yaml) {
    return injector.getInstance(ExperimentReader.class).parse(name, yaml);
  }

  private Path export(Injector injector, String name) {
    Path run = runs.resolve(name);
    Path folder = run.resolve("export");
    ExperimentConfig config =
        injector.getInstance(ExperimentReader.class).read(run.resolve("config.yaml"), Map.of());
    task(injector)
        .export(
            new TrainedRun(run, config, Checkpoints.Which.LAST),
            new ExportRequest(ExportOptions.defaults(), folder, true, runs));
    return folder;
  }

  private static List<String> predict(Injector injector, Path export) {
    Random random = new Random(4);
    try (Predictor predictor =
        task(injector).predictor(export, PredictionOptions.usual()).orElseThrow()) {
      List<String> answers =
          predictor
              .predict(
                  List.of(
                      predictor.prepare(picture(0, random)), predictor.prepare(picture(1, random))))
              .stream()
              .map(prediction -> prediction.lines().get(0))
              .toList();
      System.out.println(answers);
      return answers;
    }
  }

  private static Picture picture(int label, Random random) {
    return new Picture(
        StripesProvider.SIZE, StripesProvider.SIZE, StripesProvider.picture(label, random));
  }

  private static Task task(Injector injector) {
    return injector.getInstance(Tasks.class).named("task", "classification");
  }
}
