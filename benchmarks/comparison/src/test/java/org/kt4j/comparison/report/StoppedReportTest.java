package org.kt4j.comparison.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.run.RunFolder;

/** Reports that are killed while they are written, and two that are written at once. */
class StoppedReportTest {

  @TempDir private Path folder;

  private RunReport run;
  private ComparisonReport comparison;

  @BeforeEach
  void read() throws IOException {
    Path alone = WrittenRuns.complete(folder.resolve("alone"), WrittenRuns.ALONE, 1, 0.6, 2);
    Path kd = WrittenRuns.complete(folder.resolve("kd"), WrittenRuns.KD, 1, 0.7, 2);
    run = RunReport.of(kd);
    comparison = ComparisonReport.ofRuns(List.of(alone, kd), null, false);
  }

  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        contents.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return contents;
  }

  /** Three steps for each file: its flush, its rename, the flush of the folder. */
  private void stop(Consumer<Path> write, int files) throws IOException {
    Path whole = folder.resolve("whole");
    write.accept(whole);
    Map<String, String> expected = contents(whole);
    assertThat(expected).hasSize(files);
    int step = 0;
    boolean stopped = true;
    while (stopped) {
      Path place = folder.resolve("stopped-" + step);
      stopped = FileSteps.stoppedBefore(step++, () -> write.accept(place));
      assertThat(RunFolder.foreign(place)).isSubsetOf("results.csv", "runs.csv");
      write.accept(place);

      assertThat(contents(place)).as("stopped before step " + (step - 1)).isEqualTo(expected);
    }
    assertThat(step).isEqualTo(3 * files + 1);
  }

  @Test
  void the_report_of_a_run_stopped_anywhere_is_the_same_the_next_time() throws IOException {
    stop(run::write, 2);
  }

  @Test
  void a_comparison_stopped_anywhere_is_the_same_the_next_time() throws IOException {
    stop(comparison::write, 4);
  }

  @Test
  void reports_written_at_once_do_not_fail_each_other() throws Exception {
    Path place = folder.resolve("both");
    comparison.write(place);
    Map<String, String> expected = contents(place);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> both = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        both.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 20; i++) {
                    comparison.write(place);
                  }
                }));
      }
      for (Future<?> each : both) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(contents(place)).isEqualTo(expected);
  }
}
