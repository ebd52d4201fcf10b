package org.kt4j.comparison.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.teacher.Fingerprint;
import org.kt4j.engine.training.Trainer;

/** A teacher is asked in one pass over the pictures for all rows of a suite. */
class CachesOfSuiteTest {

  private static final Injector INJECTOR = Guice.createInjector(KtModule.fromClassPath());
  private static final SuiteRunner RUNNER = INJECTOR.getInstance(SuiteRunner.class);

  @TempDir private Path folder;

  /** What happens, in its order. */
  private static final class Heard implements SuiteListener {

    private final List<String> events = new ArrayList<>();

    @Override
    public void found(Stock stock) {
      if (stock.missing() > 0) {
        events.add("lacks " + term(stock.file().path()));
      }
    }

    @Override
    public void filling(long done, long total, double seconds) {
      if (done == total) {
        events.add("computed " + total);
      }
    }

    @Override
    public void cachesNotFilled(Throwable failure) {
      events.add("not filled: " + failure.getMessage());
    }

    @Override
    public void runEnds(PlannedRun run, int number, int runs) {
      events.add("trained " + run);
    }

    @Override
    public void runFailed(PlannedRun run, Throwable failure) {
      events.add("failed " + run + ": " + failure.getMessage());
    }
  }

  private static String term(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(0, name.indexOf('-'));
  }

  @BeforeEach
  void write() throws IOException {
    String common =
        """
        data: {name: shapes, train: 96, test: 40, held-out: 32, size: 16}
        student: {network: resnet-8, width: 4}
        batch-size: 16
        augmentation: {crop-padding: 2, flip: true, views: 2}
        phases: [{name: p, epochs: 1, objective: [{term: cross-entropy}]}]
        """;
    Files.writeString(folder.resolve("teacher.yaml"), common);
    Files.writeString(
        folder.resolve("base.yaml"),
        common
            + "teacher: {config: teacher.yaml, allow-weak: true}\ncache: {folder: "
            + folder.resolve("cache")
            + "}\n");
    Files.writeString(
        folder.resolve("suite.yaml"),
        """
        base: base.yaml
        seeds: [1, 2]
        methods:
          - {name: KD, objective: [{term: cross-entropy}, {term: kd}]}
          - {name: NST, objective: [{term: cross-entropy}, {term: nst, layers: {stage3: stage3}}]}
          - {name: both, objective: [{term: kd}, {term: nst, layers: {stage3: stage3}}]}
          # Calibrated before training: its margins are part of what is kept.
          - {name: OFD, objective: [{term: cross-entropy}, {term: ofd, layers: {stage3: stage3}}]}
        """);
  }

  private SuitePlan plan(Map<String, String> overrides) {
    return INJECTOR
        .getInstance(SuiteReader.class)
        .read(folder.resolve("suite.yaml"), overrides, folder.resolve("runs"));
  }

  private List<String> events(SuitePlan plan) throws InterruptedException {
    Heard heard = new Heard();
    RUNNER.run(plan, RUNNER.inThisProcess(plan, heard), 1, heard);
    return heard.events;
  }

  @Test
  void before_the_first_run_the_teacher_is_asked_once_for_all() throws Exception {
    SuitePlan plan = plan(Map.of());

    List<String> events = events(plan);

    assertThat(events.subList(0, 4))
        .containsExactly("lacks kd", "lacks nst", "lacks ofd", "computed 128");
    assertThat(events.subList(4, events.size()))
        .hasSize(10)
        .allMatch(event -> event.startsWith("trained "));
    Map<String, String> together = files("cache");
    assertThat(together).hasSize(3);

    // Each by itself keeps the same, and trains to the same numbers.
    Path alone = folder.resolve("alone");
    SuitePlan again = plan(Map.of("cache.folder", alone.toString()));
    Trainer trainer = INJECTOR.getInstance(Trainer.class);
    for (PlannedRun run : again.inOrder().subList(0, 5)) {
      trainer.train(new RunPlan(run.config(), run.folder(), again.runs()), new Heard());
    }
    assertThat(files("alone")).isEqualTo(together);
    assertThat(terms(again.inOrder().subList(0, 5))).isEqualTo(terms(plan.inOrder().subList(0, 5)));
  }

  /** Of each run the mean losses of its epochs. */
  private static List<List<Map<String, Double>>> terms(List<PlannedRun> runs) {
    return runs.stream()
        .map(run -> RunFolder.metrics(run.folder()).stream().map(EpochMetrics::terms).toList())
        .toList();
  }

  @Test
  void who_trains_the_runs_elsewhere_has_the_caches_of_all_filled_with_what_one_needs_first()
      throws IOException {
    SuitePlan plan = plan(Map.of());
    Heard heard = new Heard();

    RUNNER.prepare(plan, plan.inOrder().get(1), heard);

    assertThat(heard.events).containsExactly("lacks kd", "lacks nst", "lacks ofd", "computed 128");
    assertThat(files("cache")).hasSize(3);
    assertThat(plan.inOrder()).noneMatch(run -> Files.exists(run.folder()));
  }

  @Test
  void a_cache_that_cannot_be_filled_is_told_and_each_run_says_what_it_lacks() throws Exception {
    Files.writeString(folder.resolve("cache"), "in the way");

    List<String> events = events(plan(Map.of()));

    assertThat(events.get(0)).startsWith("not filled: cache.folder: ").contains("is a file");
    assertThat(events.stream().skip(1))
        .filteredOn(event -> event.startsWith("failed "))
        .hasSize(8)
        .allMatch(event -> event.contains("is a file"));
  }

  @Test
  void a_teacher_that_is_refused_is_not_asked_for_all_pictures_and_the_others_are()
      throws Exception {
    Path weak = folder.resolve("weak.yaml");
    Files.writeString(
        weak,
        Files.readString(folder.resolve("teacher.yaml"))
            + "optimizer: {name: sgd, learning-rate: 1e-20, momentum: 0}\n");
    Files.writeString(
        folder.resolve("suite.yaml"),
        """
        base: base.yaml
        seeds: [1]
        methods:
          - name: weak
            objective: [{term: cross-entropy}, {term: kd}]
            set: {teacher: {config: weak.yaml}}
          - {name: KD, objective: [{term: cross-entropy}, {term: kd}]}
        """);

    List<String> events = events(plan(Map.of()));

    assertThat(events).hasSize(6);
    assertThat(events.subList(0, 2)).containsExactly("lacks kd", "computed 128");
    assertThat(events.get(2)).startsWith("not filled: ").contains("chance");
    assertThat(events.get(3)).isEqualTo("trained student alone, seed 1");
    assertThat(events.get(4)).startsWith("failed weak, seed 1: ").contains("chance");
    assertThat(events.get(5)).isEqualTo("trained KD, seed 1");
  }

  private Map<String, String> files(String cache) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder.resolve(cache))) {
      for (Path file : all.filter(each -> each.toString().endsWith(".knowledge")).toList()) {
        if (!term(file).equals("answers")) {
          files.put(
              String.valueOf(file.getFileName()),
              new Fingerprint().add(Files.readAllBytes(file)).hex());
        }
      }
    }
    return files;
  }
}
