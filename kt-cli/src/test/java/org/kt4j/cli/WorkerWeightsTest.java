package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.engine.checkpoint.Checkpoint;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.testkit.LoopbackNetwork;

/** What several workers have learnt, weight by weight. */
@Tag("slow")
@Timeout(300)
class WorkerWeightsTest {

  /**
   * A network without batch normalisation. Its 371 - 41 pictures are ten steps of 32 and a rest;
   * those that it is measured on are no multiple of anything, so that the last batches are smaller.
   */
  private static final String STUDENT =
      """
      data: {name: shapes, train: 371, held-out: 41, test: 37, size: 32}
      student:
        network: vgg-11
        batch-norm: false
        widths: {features.0: 8, features.3: 8, features.6: 8, features.8: 8, features.11: 8,
          features.13: 8, features.16: 8, features.18: 8}
      batch-size: 32
      optimizer: {name: sgd, learning-rate: 0.05, momentum: 0.9}
      phases: [{name: alone, epochs: 1, objective: [{term: cross-entropy}]}]
      """;

  /**
   * Convolutions of 8 pictures are computed as those of 32 where TensorFlow optimises the graphs,
   * which this module's tests leave out; otherwise weights differ by up to 4e-5.
   */
  private static final String REWRITING = "kt.tensorflow.rewriting";

  private static @Nullable String before;

  @TempDir private Path folder;

  private static String addresses(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    for (int rank = 0; rank < count; rank++) {
      ServerSocket socket = new ServerSocket(0);
      sockets.add(socket);
      addresses.add("localhost:" + socket.getLocalPort());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return String.join(",", addresses);
  }

  private Process worker(int rank, String addresses) throws IOException {
    List<String> command = new ArrayList<>(LoopbackNetwork.prefix());
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            TrainingPeer.class.getName(),
            "c.yaml",
            "run" + rank,
            Integer.toString(rank),
            addresses));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log" + rank).toFile())
        .start();
  }

  @BeforeAll
  static void optimise() {
    before = System.setProperty(REWRITING, "true");
  }

  @AfterAll
  static void leaveOut() {
    if (before == null) {
      System.clearProperty(REWRITING);
    } else {
      System.setProperty(REWRITING, before);
    }
  }

  private static Checkpoint last(Path run) {
    return Checkpoints.of(run).read(Checkpoints.Which.LAST).orElseThrow();
  }

  private static Map<String, String> files(Path run) throws IOException {
    SortedMap<String, String> files = EndState.of(run.resolve("checkpoints"));
    assertThat(files).isNotEmpty();
    return files;
  }

  @Test
  void four_workers_have_the_same_weights_to_the_byte_and_those_of_one_process_but_for_rounding()
      throws Exception {
    int count = 4;
    Path config = Files.writeString(folder.resolve("c.yaml"), STUDENT);
    String addresses = addresses(count);
    List<Process> workers = new ArrayList<>();
    for (int rank = 0; rank < count; rank++) {
      workers.add(worker(rank, addresses));
    }
    TrainingPeer.train(config, folder.resolve("one"), Replicas.one());

    for (int rank = 0; rank < count; rank++) {
      assertThat(workers.get(rank).waitFor(4, TimeUnit.MINUTES)).isTrue();
      assertThat(workers.get(rank).exitValue())
          .as(Files.readString(folder.resolve("log" + rank)))
          .isZero();
    }
    for (int rank = 1; rank < count; rank++) {
      assertThat(files(folder.resolve("run" + rank))).isEqualTo(files(folder.resolve("run0")));
    }
    Checkpoint one = last(folder.resolve("one"));
    Checkpoint several = last(folder.resolve("run0"));
    assertThat(one.progress().step()).isEqualTo(10);
    assertThat(several.values().keySet()).isEqualTo(one.values().keySet());
    one.values()
        .forEach(
            (name, expected) -> {
              float[] weights = Objects.requireNonNull(several.values().get(name)).numbers();
              assertThat(weights).as(name).hasSameSizeAs(expected.numbers());
              for (int i = 0; i < weights.length; i++) {
                // Sums in another order.
                assertThat(weights[i]).as(name).isCloseTo(expected.numbers()[i], within(1e-6f));
              }
            });
  }
}
