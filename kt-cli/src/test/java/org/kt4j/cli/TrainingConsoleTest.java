package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.TermGradients;
import org.kt4j.engine.task.TrainingListener;

class TrainingConsoleTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Terminal terminal =
      Terminal.plain(new PrintStream(out, true, StandardCharsets.UTF_8), System.err);
  private final TrainingConsole console = new TrainingConsole(terminal);

  @Test
  void a_long_epoch_has_a_line_every_thirty_seconds_where_there_is_no_terminal() {
    for (int step = 1; step <= 100; step++) {
      console.stepDone(step(step, step));
    }

    // 30, 60 and 90 seconds; the line of the epoch itself is the engine's to announce.
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .hasSize(3)
        .allMatch(line -> line.startsWith("epoch 2/3  step ") && line.contains(" left  kd 0.5000"));
  }

  @Test
  void an_interruption_says_where_the_run_goes_on() {
    assertThat(console.interrupted()).startsWith("interrupted; the same command goes on");

    console.started(
        new TrainingListener.Start(
            Path.of("run"), "resnet-8", 10, 9, 3, Metric.ofShare("accuracy", "")));
    assertThat(console.interrupted()).endsWith("goes on from epoch 4");

    console.epochDone(fourth(null), 9, true);
    assertThat(console.interrupted()).endsWith("goes on from epoch 5");
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("epoch 4/9  kd 0.5000   train 50.00 %  held-out 65.30 %  100 images/s  best");
  }

  private static EpochMetrics fourth(@Nullable TermGradients gradients) {
    return new EpochMetrics(
        4,
        "p",
        1,
        0.1,
        Map.of("kd", 0.5),
        1,
        0.5,
        0.653,
        Map.of("cross-entropy", 1.0),
        null,
        100,
        1,
        1,
        Map.of(),
        gradients);
  }

  @Test
  void the_gradients_of_terms_are_shown_when_asked_for() {
    // (3, 4) and (0, 2): lengths 5 and 2, cosine 0.8.
    TermGradients gradients =
        TermGradients.of(
            List.of("cross-entropy", "kd"), new double[] {1, 1}, new float[] {25, 8, 8, 4});

    console.epochDone(fourth(gradients), 9, true);
    assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("gradients");

    new TrainingConsole(terminal, true).epochDone(fourth(gradients), 9, true);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("gradients  cross-entropy 71 %, kd 29 %, cosine of cross-entropy and kd 0.80");
  }

  @Test
  void the_bar_gives_way_to_the_facts_and_they_to_the_window() {
    ProgressLine.Drawing drawing = new ProgressLine.Drawing(terminal);

    assertThat(drawing.text("epoch 1/2", 0.5, "100 images/s", 60)).hasSize(60);
    assertThat(drawing.text("epoch 1/2", 0.5, "100 images/s  0:10 left", 40)).hasSize(40);
    assertThat(drawing.text("epoch 1/2", 1.0, "", 80)).contains("100 %");
  }

  private static TrainingListener.StepDone step(int step, double seconds) {
    return new TrainingListener.StepDone(
        "p", 2, 3, step, 100, step * 10L, seconds, List.of("kd"), List.of(0.5));
  }
}
