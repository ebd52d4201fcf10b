package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.data.DataSplits;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.Predictions;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.TrainingListener;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;

/** What a run leaves behind for reports. */
class RunFilesTest {

  @TempDir private static Path folder;

  /** One run whole, one that was stopped in its third epoch and went on. */
  private static RunPlan whole;

  private static RunPlan stopped;
  private static RunResult result;

  @BeforeAll
  static void train() {
    Path teacher = folder.resolve("teacher");
    SmallRuns.trainTeacher(teacher, 1);
    var config =
        SmallRuns.parse(
            SmallRuns.DATA
                + SmallRuns.STUDENT
                + "teacher: {run: "
                + teacher
                + ", allow-weak: true}\n"
                + "phases: [{name: distil, epochs: 3,"
                + " objective: [{term: cross-entropy}, {term: match}]}]\n"
                + "seed: 5");
    whole = RunPlan.of(config, folder.resolve("whole"));
    stopped = RunPlan.of(config, folder.resolve("stopped"));
    result = SmallRuns.TRAINER.train(whole, TrainingListener.SILENT);
    // Four steps an epoch.
    assertThatThrownBy(() -> SmallRuns.TRAINER.train(stopped, new SmallRuns.Stop(10)))
        .hasMessage("stopped by the test");
    SmallRuns.TRAINER.train(stopped, TrainingListener.SILENT);
  }

  @Test
  void the_predictions_are_the_answers_that_the_accuracies_count() {
    Predictions predictions = RunFolder.predictions(whole.folder()).orElseThrow();

    DataSplits data = SmallRuns.CLASSIFIERS.data(whole.config());
    int[] labels = IntStream.range(0, 40).map(data.test()::label).toArray();
    assertThat(predictions.labels()).isEqualTo(labels);
    assertThat(share(labels, predictions.last())).isEqualTo(result.testLast());
    assertThat(share(labels, predictions.best())).isEqualTo(result.testBest());
    assertThat(share(labels, predictions.teacher())).isEqualTo(result.teacherTest());
    assertThat(share(predictions.teacher(), predictions.last())).isEqualTo(result.agreementLast());
    assertThat(result.classes()).isEqualTo(data.test().classes()).hasSize(10);
  }

  @Test
  void without_a_teacher_the_predictions_have_no_column_for_one() {
    assertThat(RunFolder.predictions(folder.resolve("teacher")).orElseThrow().hasTeacher())
        .isFalse();
  }

  @Test
  void the_accuracy_of_a_class_is_the_share_of_its_pictures() {
    Predictions predictions =
        new Predictions(
            new int[] {0, 0, 0, 2}, new int[] {0, 0, 1, 0}, new int[] {0, 0, 0, 2}, new int[0]);

    // Two of three, no picture at all, none of one.
    assertThat(predictions.classAccuracy(predictions.last(), 3))
        .containsExactly(2 / 3.0, Double.NaN, 0);
  }

  @Test
  void damaged_predictions_are_named() throws IOException {
    Path run = Files.createDirectory(folder.resolve("damaged"));
    Files.writeString(run.resolve("predictions.csv"), "label,last,best\n1,2\n");

    assertThatThrownBy(() -> RunFolder.predictions(run))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining(
            "predictions.csv: the predictions are damaged: line 2: 2 columns; allowed: 3");
  }

  @Test
  void a_damaged_line_of_metrics_is_told_and_the_others_are_read() throws IOException {
    Path run = Files.createDirectory(folder.resolve("torn"));
    List<String> lines = Files.readAllLines(whole.folder().resolve("metrics.jsonl"));
    Files.writeString(
        run.resolve("metrics.jsonl"), lines.get(0) + "\n{\"epoch\":\n" + lines.get(2) + "\n");
    List<String> told = new ArrayList<>();

    List<EpochMetrics> read = RunFolder.metrics(run, told::add);

    assertThat(read).extracting(EpochMetrics::epoch).containsExactly(1, 3);
    assertThat(told).singleElement().asString().contains("metrics.jsonl: line 2 is damaged");
    assertThatThrownBy(() -> RunFolder.metrics(run)).hasMessageContaining("line 2 is damaged");
  }

  @Test
  void the_time_of_the_whole_run_is_more_than_that_of_its_steps_and_goes_on() {
    assertThat(result.wallSeconds()).isGreaterThan(result.trainingSeconds());
    assertThat(RunFolder.metrics(stopped.folder()))
        .extracting(EpochMetrics::elapsedSeconds)
        .isSorted()
        .first()
        .satisfies(first -> assertThat(first).isPositive());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void the_peak_of_memory_is_that_of_a_process_with_tensorflow_in_it() {
    assertThat(result.peakMemory()).isBetween(100L << 20, 20L << 30);
  }

  @Test
  void tensorboard_is_given_every_epoch_and_the_result() throws IOException {
    List<Event> events = events(whole.folder());

    List<EpochMetrics> metrics = RunFolder.metrics(whole.folder());
    List<Event> scalars = events.stream().filter(Event::hasSummary).toList();
    assertThat(scalars).extracting(Event::getStep).containsExactly(4L, 8L, 12L, 12L);
    for (int e = 0; e < 3; e++) {
      EpochMetrics epoch = metrics.get(e);
      assertThat(byTag(scalars.get(e)))
          .containsEntry("term/match", epoch.terms().getOrDefault("match", Double.NaN).floatValue())
          .containsEntry("accuracy/held-out", (float) epoch.heldOutScore())
          .containsEntry("learning-rate", (float) epoch.learningRate())
          .hasSize(9);
    }
    assertThat(byTag(scalars.get(3)))
        .containsEntry("accuracy/test-last-epoch", (float) result.testLast())
        .hasSize(4);
    assertThat(events).noneMatch(Event::hasSessionLog);
  }

  @Test
  void tensorboard_is_told_to_forget_what_a_stopped_run_said_of_steps_that_are_done_again()
      throws IOException {
    List<Event> begins = events(stopped.folder()).stream().filter(Event::hasSessionLog).toList();

    assertThat(begins).singleElement().extracting(Event::getStep).isEqualTo(9L);
    assertThat(begins.get(0).getSessionLog().getStatus()).isEqualTo(SessionLog.SessionStatus.START);
    assertThat(events(stopped.folder()).stream().filter(Event::hasSummary))
        .extracting(Event::getStep)
        .containsExactly(4L, 8L, 12L, 12L);
  }

  private static double share(int[] one, int[] other) {
    return IntStream.range(0, one.length).filter(i -> one[i] == other[i]).count()
        / (double) one.length;
  }

  private static Map<String, Float> byTag(Event event) {
    return event.getSummary().getValueList().stream()
        .collect(Collectors.toMap(Summary.Value::getTag, Summary.Value::getSimpleValue));
  }

  /** The files in the order of their names, which is that of time; records of TFRecord's form. */
  private static List<Event> events(Path run) throws IOException {
    List<Event> events = new ArrayList<>();
    try (Stream<Path> files = Files.list(RunFolder.events(run))) {
      for (Path file : files.sorted().toList()) {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
          byte[] record = new byte[Math.toIntExact(bytes.getLong())];
          bytes.getInt();
          bytes.get(record);
          bytes.getInt();
          Event event = Event.parseFrom(record);
          assertThat(event.getWallTime())
              .isCloseTo(System.currentTimeMillis() / 1e3, within(3600.0));
          events.add(event);
        }
      }
    }
    return events;
  }
}
