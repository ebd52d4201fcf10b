package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.TrainingListener;

/** Runs that others need: they are not overwritten, and are trained once. */
class RunsApartTest {

  private static final ExperimentReader READER =
      SmallRuns.INJECTOR.getInstance(ExperimentReader.class);

  private static final String ALONE =
      SmallRuns.DATA
          + SmallRuns.STUDENT
          + "phases: [{name: alone, epochs: 1, objective: [{term: cross-entropy}]}]\n";

  @TempDir private Path folder;

  private Path runs;

  @BeforeEach
  void write_configurations() throws IOException {
    runs = folder.resolve("runs");
    Files.createDirectories(folder.resolve("c"));
    write("teacher", ALONE);
    write("student", ALONE + "start: {config: teacher.yaml}\n");
    write("other", ALONE + "start: {config: teacher.yaml}\nseed: 2\n");
    write("third", ALONE + "start: {config: student.yaml}\n");
    write("compared", ALONE + "seed: 1\nbaseline: {config: teacher.yaml}\n");
  }

  private void write(String name, String yaml) throws IOException {
    Files.writeString(folder.resolve("c/" + name + ".yaml"), yaml);
  }

  private ExperimentConfig read(String name) {
    return READER.read(folder.resolve("c/" + name + ".yaml"), Map.of());
  }

  private RunPlan plan(String name) {
    return new RunPlan(read(name), runs.resolve("c/" + name + "/seed-" + read(name).seed()), runs);
  }

  private void refused(String name, Path out, String source) {
    RunPlan plan = new RunPlan(read(name), out, runs);
    String message =
        out
            + ": is no folder for this run, which reads "
            + source
            + "; nothing was changed; fix: choose another folder with --out";
    assertThatThrownBy(() -> SmallRuns.TRAINER.compare(plan, TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> SmallRuns.TRAINER.discard(plan)).hasMessage(message);
  }

  @Test
  void the_folder_of_a_source_is_refused_whether_it_is_trained_or_not() {
    Path teacher = runs.resolve("c/teacher/seed-1");
    refused("student", teacher, "the run " + teacher + " there (start)");
    refused("compared", teacher, "the run " + teacher + " there (baseline)");
    refused("third", teacher, "the run " + teacher + " there (start)"); // of its start's start
    refused("student", teacher.resolve("in/it"), "the run " + teacher + " there (start)");
    refused("student", runs, "the run " + teacher + " there (start)"); // which holds it
    assertThat(runs).doesNotExist();
  }

  @Test
  void the_folder_of_a_source_is_refused_under_any_name() throws IOException {
    Path teacher = runs.resolve("c/teacher/seed-1");
    SmallRuns.TRAINER.train(plan("teacher"), TrainingListener.SILENT);
    Path link = Files.createSymbolicLink(folder.resolve("link"), teacher);
    String result = Files.readString(teacher.resolve("result.json"));

    refused("student", link, "the run " + teacher + " there (start)");
    refused(
        "student", runs.resolve("c/../c/teacher/seed-1"), "the run " + teacher + " there (start)");

    write("by-folder", ALONE + "start: {run: " + link + "}\n");
    refused("by-folder", teacher, "the run " + link + " there (start)");
    assertThat(teacher.resolve("result.json")).hasContent(result);
  }

  @Test
  void a_file_of_weights_in_the_folder_is_refused() throws IOException {
    Path out = runs.resolve("out");
    Path weights = out.resolve("export/w.npz");
    write("from-file", ALONE + "start: {weights: " + weights + "}\n");

    refused("from-file", out, weights + " there (start)");
  }

  @Test
  void two_runs_that_need_the_same_teacher_train_it_once() {
    List<String> waited = new CopyOnWriteArrayList<>();
    List<Path> trained = new CopyOnWriteArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void waits(Path run, String holder) {
            waited.add(run + " " + holder);
          }

          @Override
          public void started(Start start) {
            trained.add(start.folder());
          }
        };
    Path teacher = runs.resolve("c/teacher/seed-1");
    CompletableFuture<Void> second;
    // As another process that trains the teacher; the second run begins meanwhile.
    try (RunFolder busy = RunFolder.open(teacher)) {
      second = CompletableFuture.runAsync(() -> SmallRuns.TRAINER.train(plan("student"), listener));
      while (waited.isEmpty() && !second.isDone()) {
        Thread.onSpinWait();
      }
      assertThat(busy.path()).isEqualTo(teacher);
    }
    CompletableFuture<Void> third =
        CompletableFuture.runAsync(() -> SmallRuns.TRAINER.train(plan("other"), listener));
    second.join();
    third.join();

    assertThat(waited).first().isEqualTo(teacher + " process " + ProcessHandle.current().pid());
    assertThat(trained)
        .containsExactlyInAnyOrder(teacher, plan("student").folder(), plan("other").folder());
  }
}
