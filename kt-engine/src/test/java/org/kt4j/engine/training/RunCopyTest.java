package org.kt4j.engine.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.ThreadReplicas;

class RunCopyTest {

  private static final int PIECE = 5;

  @TempDir private Path folder;

  private void write(String name, int bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    byte[] content = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      content[i] = (byte) (i * 7 + bytes);
    }
    Files.write(file, content);
  }

  private static Map<String, List<Byte>> files(Path run) throws IOException {
    Map<String, List<Byte>> files = new TreeMap<>();
    try (Stream<Path> below = Files.walk(run)) {
      for (Path file : below.filter(Files::isRegularFile).toList()) {
        List<Byte> content = new ArrayList<>();
        for (byte each : Files.readAllBytes(file)) {
          content.add(each);
        }
        files.put(run.relativize(file).toString(), content);
      }
    }
    return files;
  }

  /** Writes down what the first worker sends at once. */
  private static Replicas watched(Replicas replicas, List<byte[]> sent) {
    return (Replicas)
        Proxy.newProxyInstance(
            Replicas.class.getClassLoader(),
            new Class<?>[] {Replicas.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("ofFirst")) {
                sent.add((byte[]) arguments[0]);
              }
              return method.invoke(replicas, arguments);
            });
  }

  @Test
  void all_workers_get_the_files_of_a_training_in_pieces() throws Exception {
    write("run0/metrics.jsonl", 3);
    write("run0/checkpoints/epoch-0001/variables.data", 23);
    write("run0/checkpoints/epoch-0001/variables.index", 10); // two pieces to the byte
    write("run0/checkpoints/last.json", 0);
    write("run0/predictions.csv", 4); // nothing goes on from it
    write("run1/checkpoints/epoch-0009/variables.data", 6); // of an earlier training
    List<byte[]> sent = Collections.synchronizedList(new ArrayList<>());

    ThreadReplicas.each(
        3,
        replicas -> {
          Path run = folder.resolve("run" + replicas.rank());
          if (replicas.first()) {
            new RunCopy(watched(replicas, sent), run, PIECE).send();
          } else {
            new RunCopy(replicas, run, PIECE).receive();
          }
          return run;
        });

    Map<String, List<Byte>> expected = files(folder.resolve("run0"));
    expected.remove("predictions.csv");
    assertThat(expected).hasSize(4);
    assertThat(files(folder.resolve("run1"))).isEqualTo(expected);
    assertThat(files(folder.resolve("run2"))).isEqualTo(expected);
    // A head for each of four files, 1 + 5 + 2 pieces of at most five bytes, and the end.
    List<Integer> lengths = sent.stream().map(each -> each.length).toList();
    assertThat(lengths).hasSize(4 + 8 + 1);
    assertThat(lengths.stream().filter(length -> length <= PIECE).mapToInt(i -> i).sum())
        .isEqualTo(3 + 23 + 10);
  }

  @Test
  void a_run_that_has_not_begun_empties_the_folders_of_the_others() throws Exception {
    Files.createDirectories(folder.resolve("run0"));
    write("run1/metrics.jsonl", 6);

    ThreadReplicas.each(
        2,
        replicas -> {
          RunCopy copy = new RunCopy(replicas, folder.resolve("run" + replicas.rank()), PIECE);
          if (replicas.first()) {
            copy.send();
          } else {
            copy.receive();
          }
          return 0;
        });

    assertThat(folder.resolve("run1")).doesNotExist();
  }

  @Test
  void a_name_that_leads_out_of_the_folder_is_refused() {
    assertThatThrownBy(
            () ->
                ThreadReplicas.each(
                    2,
                    replicas -> {
                      if (replicas.first()) {
                        replicas.ofFirst("0 ../other".getBytes(StandardCharsets.UTF_8));
                      } else {
                        new RunCopy(replicas, folder.resolve("run"), PIECE).receive();
                      }
                      return 0;
                    }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not in the run's folder");
    assertThat(folder.resolve("other")).doesNotExist();
  }
}
