package org.kt4j.engine.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.data.ImageShape;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.checkpoint.Checkpoints.Which;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.run.RunFolderException;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.ndarray.Shape;

class CheckpointsTest {

  @TempDir private Path folder;

  private static Progress after(int epoch, int bestEpoch) {
    return new Progress(0, epoch, epoch, 10L * epoch, 0.5, bestEpoch);
  }

  private static int bestBefore(Checkpoints checkpoints) {
    return checkpoints.read(Which.LAST).orElseThrow().progress().bestEpoch();
  }

  private void write(Checkpoints checkpoints, int epoch, float value, boolean best) {
    try (ImageGraph graph = new ImageGraph(new ImageShape(1, 1, 1))) {
      Variables student = new Variables(graph.tf(), "student", 0);
      Variables slots = new Variables(graph.tf(), "optimizer", 0);
      Variable weight = student.filled("linear.weight", Shape.of(1, 2), Variable.Kind.DENSE, value);
      Variable slot = slots.filled("momentum/linear.weight", Shape.of(1, 2), Variable.Kind.SLOT, 9);
      List<Variable> both = List.of(weight, slot);
      graph.initialize(both);
      checkpoints.write(
          new CheckpointWriter(graph, both), after(epoch, best ? epoch : bestBefore(checkpoints)));
    }
  }

  private static float[] numbers(Checkpoint checkpoint) {
    return Objects.requireNonNull(checkpoint.values().get("student/linear.weight")).numbers();
  }

  @Test
  void what_was_written_is_read_back_with_its_progress() {
    Checkpoints checkpoints = new Checkpoints(folder);

    write(checkpoints, 3, 1.5f, true);

    Checkpoint read = checkpoints.read(Which.LAST).orElseThrow();
    assertThat(read.progress()).isEqualTo(after(3, 3));
    assertThat(read.values())
        .containsOnlyKeys("student/linear.weight", "optimizer/momentum/linear.weight");
    assertThat(numbers(read)).containsExactly(1.5f, 1.5f);
  }

  @Test
  void the_student_alone_is_read_without_what_the_optimizer_added() {
    Checkpoints checkpoints = new Checkpoints(folder);
    write(checkpoints, 1, 2f, true);

    var student = checkpoints.read(Which.BEST).orElseThrow().student("here");

    assertThat(student.arrays()).containsOnlyKeys("linear.weight");
    assertThat(student.arrays().values())
        .extracting(Weights.Array::shape)
        .containsExactly(Shape.of(2, 1));
  }

  @Test
  void last_and_best_are_kept_and_the_others_removed() throws IOException {
    Checkpoints checkpoints = new Checkpoints(folder);

    write(checkpoints, 1, 1f, true);
    write(checkpoints, 2, 2f, true);
    write(checkpoints, 3, 3f, false);
    write(checkpoints, 4, 4f, false);

    assertThat(checkpoints.read(Which.BEST).orElseThrow().progress().epoch()).isEqualTo(2);
    assertThat(checkpoints.read(Which.LAST).orElseThrow().progress().epoch()).isEqualTo(4);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("last.json", "epoch-0002", "epoch-0004");
    }
  }

  @Test
  void what_a_kill_left_unfinished_is_passed_over_and_cleared() throws IOException {
    Checkpoints checkpoints = new Checkpoints(folder);
    write(checkpoints, 1, 1f, true);
    Path torn = Files.createDirectory(folder.resolve("epoch-0002.writing"));
    Files.writeString(torn.resolve("variables.data-00000-of-00001"), "half");

    int read = checkpoints.read(Which.LAST).orElseThrow().progress().epoch();
    write(checkpoints, 2, 2f, false);

    assertThat(read).isEqualTo(1);
    assertThat(torn).doesNotExist();
    assertThat(numbers(checkpoints.read(Which.LAST).orElseThrow())).containsExactly(2f, 2f);
  }

  @Test
  void a_kill_at_any_step_leaves_the_last_epochs_or_the_next_and_never_half_of_one() {
    boolean stopped = true;
    for (int step = 0; stopped; step++) {
      Checkpoints checkpoints = new Checkpoints(folder.resolve("stopped-at-" + step));
      write(checkpoints, 1, 1f, true);
      write(checkpoints, 2, 2f, false);

      stopped = FileSteps.stoppedBefore(step, () -> write(checkpoints, 3, 3f, true));

      Checkpoint last = checkpoints.read(Which.LAST).orElseThrow();
      Checkpoint best = checkpoints.read(Which.BEST).orElseThrow();
      boolean written = last.progress().epoch() == 3;
      assertThat(written || stopped).isTrue();
      assertThat(last.progress()).isEqualTo(written ? after(3, 3) : after(2, 1));
      assertThat(best.progress()).isEqualTo(written ? after(3, 3) : after(1, 1));
      assertThat(numbers(best)).containsExactly(written ? 3f : 1f, written ? 3f : 1f);

      // What comes next is the same as without a stop.
      write(checkpoints, 3, 3f, true);
      write(checkpoints, 4, 4f, false);
      assertThat(checkpoints.read(Which.BEST).orElseThrow().progress()).isEqualTo(after(3, 3));
      assertThat(folder.resolve("stopped-at-" + step).toFile().list())
          .containsExactlyInAnyOrder("last.json", "epoch-0003", "epoch-0004");
    }
  }

  @Test
  void a_kill_at_any_step_of_the_first_epoch_leaves_none_or_a_whole_one() {
    boolean stopped = true;
    for (int step = 0; stopped; step++) {
      Checkpoints checkpoints = new Checkpoints(folder.resolve("stopped-at-" + step));

      stopped = FileSteps.stoppedBefore(step, () -> write(checkpoints, 1, 1f, true));

      assertThat(checkpoints.read(Which.BEST).map(Checkpoint::progress))
          .isEqualTo(checkpoints.read(Which.LAST).map(Checkpoint::progress));
      write(checkpoints, 1, 1f, true);
      assertThat(folder.resolve("stopped-at-" + step).toFile().list())
          .containsExactlyInAnyOrder("last.json", "epoch-0001");
    }
  }

  /** Each of these names what is wrong; none is passed over. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "last.json|null",
        "last.json|{}",
        "last.json|",
        "last.json|{\"checkpoint\": null}",
        "last.json|{\"checkpoint\": \"../elsewhere\"}",
        "last.json|{\"checkpoint\": \"epoch-0009\"}",
        "best.json|null",
        "best.json|{\"checkpoint\": \"epo",
        "epoch-0002/manifest.json|null",
        "epoch-0002/manifest.json|{}",
        "epoch-0002/manifest.json|[]",
        "epoch-0001/manifest.json|{}",
        "epoch-0001/variables.index|"
      })
  void damage_is_named(String what) throws IOException {
    Checkpoints checkpoints = new Checkpoints(folder);
    write(checkpoints, 1, 1f, true);
    write(checkpoints, 2, 2f, false);
    String[] fileAndText = what.split("\\|", 2);

    Files.writeString(folder.resolve(fileAndText[0]), fileAndText[1]);

    assertThatThrownBy(() -> checkpoints.read(Which.BEST))
        .isInstanceOf(RunFolderException.class)
        .hasMessageContaining("is damaged: ")
        .hasMessageEndingWith(". Restore it from a copy, or start over with --overwrite");
  }

  @Test
  void a_manifest_that_was_changed_is_named() throws IOException {
    Checkpoints checkpoints = new Checkpoints(folder);
    write(checkpoints, 1, 1f, true);
    Path manifest = folder.resolve("epoch-0001/manifest.json");
    Files.writeString(manifest, Files.readString(manifest).replace("0.5", "0.75"));

    assertThatThrownBy(() -> checkpoints.read(Which.LAST))
        .hasMessageContaining(
            "epoch-0001: the checkpoint is damaged: its manifest is not what was");
  }

  @Test
  void a_lost_name_of_the_last_checkpoint_is_not_taken_for_a_fresh_start() throws IOException {
    Checkpoints checkpoints = new Checkpoints(folder);
    write(checkpoints, 1, 1f, true);
    write(checkpoints, 2, 2f, false);
    Files.delete(folder.resolve("last.json"));

    assertThatThrownBy(() -> checkpoints.read(Which.LAST))
        .hasMessageContaining(
            "last.json: the checkpoint is damaged: it is missing, but epoch-0002");
  }

  @Test
  void a_checkpoint_cut_short_is_named() throws IOException {
    Checkpoints checkpoints = new Checkpoints(folder);
    write(checkpoints, 1, 1f, true);
    Path data = folder.resolve("epoch-0001/variables.data-00000-of-00001");
    byte[] bytes = Files.readAllBytes(data);
    Files.write(data, Arrays.copyOf(bytes, bytes.length - 1));

    assertThatThrownBy(() -> checkpoints.read(Which.LAST))
        .isInstanceOf(RunFolderException.class)
        .hasMessage(
            folder.resolve("epoch-0001")
                + ": the checkpoint is damaged: its files are not what was written. Restore it from "
                + "a copy, or start over with --overwrite");
  }

  @Test
  void a_checkpoint_that_vanished_is_named() throws IOException {
    Checkpoints checkpoints = new Checkpoints(folder);
    write(checkpoints, 1, 1f, true);
    Files.delete(folder.resolve("epoch-0001/manifest.json"));

    assertThatThrownBy(() -> checkpoints.read(Which.LAST))
        .isInstanceOf(RunFolderException.class)
        .hasMessageContaining("epoch-0001: the checkpoint is damaged");
  }

  @Test
  void a_checkpoint_of_another_network_is_refused() {
    Checkpoints checkpoints = new Checkpoints(folder);
    write(checkpoints, 1, 1f, true);
    Checkpoint read = checkpoints.read(Which.LAST).orElseThrow();
    try (ImageGraph graph = new ImageGraph(new ImageShape(1, 1, 1))) {
      Variables student = new Variables(graph.tf(), "student", 0);
      Variable wider = student.filled("linear.weight", Shape.of(1, 5), Variable.Kind.DENSE, 0);

      assertThatThrownBy(() -> read.of(List.of(wider)))
          .hasMessage(
              folder.resolve("epoch-0001")
                  + ": the checkpoint does not fit the run's network: student/linear.weight is"
                  + " [1, 2] there, and [1, 5] in it; nothing was changed. Restore the checkpoint"
                  + " from a copy, or start over with --overwrite");
    }
  }

  @Test
  void values_are_handed_to_the_variables_that_exist() {
    Checkpoints checkpoints = new Checkpoints(folder);
    write(checkpoints, 1, 1f, true);
    Checkpoint read = checkpoints.read(Which.LAST).orElseThrow();
    try (ImageGraph graph = new ImageGraph(new ImageShape(1, 1, 1))) {
      Variables student = new Variables(graph.tf(), "student", 0);
      Variable known = student.filled("linear.weight", Shape.of(1, 2), Variable.Kind.DENSE, 0);
      Variable added = student.filled("extra.bias", Shape.of(3), Variable.Kind.BIAS, 0);

      Map<Variable, float[]> values = read.of(List.of(known, added));

      assertThat(values).containsOnlyKeys(known);
    }
  }
}
