package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What was killed at any moment and started again ends as if it had never been killed.
 *
 * <p>The system property {@code kt.kills} says how many processes are killed, {@code kt.kills.seed}
 * when, and {@code kt.kills.scenario} of which scenario, all in turns by default. A scenario whose
 * files end otherwise is kept in {@code target/kills}.
 */
@Tag("slow")
class KillLoopTest {

  private static final int KILLS = Integer.getInteger("kt.kills", 1);
  private static final long SEED = Long.getLong("kt.kills.seed", 1);
  private static final String ONLY = System.getProperty("kt.kills.scenario", "");
  private static final KtProcess.Victim[] VICTIMS = KtProcess.Victim.values();
  private static final Path KEPT = Path.of("target", "kills").toAbsolutePath();
  private static final String LOG = "log";

  private static final String DATA =
      "data: {name: shapes, train: 160, test: 32, held-out: 32, size: 16}\n";
  private static final String TEACHER =
      DATA
          + """
          student: {network: resnet-8, width: 4}
          batch-size: 32
          phases: [{name: teacher, epochs: 1, objective: [{term: cross-entropy}]}]
          """;
  private static final String STUDENT =
      DATA
          + """
          student: {network: resnet-8, width: 4}
          teacher: {run: teacher, allow-weak: true}
          batch-size: 32
          phases:
            - name: both
              epochs: 6
              objective: [{term: cross-entropy}, {term: nst, weight: 50}, {term: kd}]
            - {name: labels, epochs: 4, objective: [{term: cross-entropy}]}
          """;

  /**
   * What is killed.
   *
   * @param before is done once, and not disturbed
   */
  private record Scenario(String name, Map<String, String> files, String before, String command) {

    List<String> arguments() {
      return List.of(command.split(" ", -1));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<Scenario> SCENARIOS =
      List.of(
          new Scenario(
              "training",
              Map.of("teacher.yaml", TEACHER, "student.yaml", STUDENT),
              "train teacher.yaml --out teacher",
              "train student.yaml --out run"),
          new Scenario(
              "cache",
              Map.of(
                  "teacher.yaml",
                  TEACHER,
                  "student.yaml",
                  STUDENT
                          .replace("train: 160", "train: 1600")
                          .replaceAll("epochs: \\d", "epochs: 1")
                      + "augmentation: {views: 4}\ncache: {folder: cache}\n"),
              "train teacher.yaml --out teacher",
              "train student.yaml --out run"),
          new Scenario(
              "comparison",
              Map.of(
                  "student.yaml",
                  TEACHER + "teacher: {run: teacher, allow-weak: true}\n",
                  "teacher.yaml",
                  TEACHER,
                  "suite.yaml",
                  """
            base: student.yaml
            seeds: [1]
            methods: [{name: KD, objective: [{term: cross-entropy}, {term: kd}]}]
            """),
              "train teacher.yaml --out teacher",
              "compare suite.yaml --runs runs --jobs "
                  + Math.min(2, Runtime.getRuntime().availableProcessors())),
          new Scenario(
              "detection",
              Map.of("detector.yaml", SmallExperiments.DETECTOR.replace("epochs: 1", "epochs: 4")),
              "version",
              "train detector.yaml --out run"),
          new Scenario(
              "workers",
              Map.of("teacher.yaml", TEACHER, "student.yaml", STUDENT),
              "train teacher.yaml --out teacher",
              "train student.yaml --out run --workers 2"),
          new Scenario(
              "export",
              Map.of("teacher.yaml", TEACHER),
              "train teacher.yaml --out teacher",
              "export teacher --overwrite"));

  /**
   * A scenario that was not disturbed.
   *
   * @param millis how long it took
   */
  private record Whole(Path begun, SortedMap<String, String> end, long millis) {}

  @TempDir private Path folder;

  private final Map<Scenario, Whole> wholes = new LinkedHashMap<>();
  private final Map<Scenario, Integer> kills = new LinkedHashMap<>();
  private final List<String> different = new ArrayList<>();

  @Test
  void what_is_killed_again_and_again_ends_as_if_it_had_not_been() throws Exception {
    removeKept();
    List<Scenario> chosen =
        SCENARIOS.stream().filter(each -> ONLY.isEmpty() || each.name().equals(ONLY)).toList();
    assertThat(chosen).as("kt.kills.scenario").isNotEmpty();
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; killed() < KILLS; round++) {
      Scenario scenario = chosen.get(round % chosen.size());
      round(scenario, round, random.split());
      // A long loop can be stopped and has told how far it came.
      System.out.printf(
          Locale.ROOT,
          "%s: %d of %d kills, %d different ends%n",
          scenario,
          killed(),
          KILLS,
          different.size());
    }

    kills.forEach((scenario, count) -> System.out.println(scenario + ": " + count + " kills"));
    System.out.println("different ends: " + different.size());
    assertThat(different).as("seed %d", SEED).isEmpty();
  }

  private int killed() {
    return kills.values().stream().mapToInt(Integer::intValue).sum();
  }

  private void round(Scenario scenario, int round, SplittableRandom random)
      throws IOException, InterruptedException {
    Whole whole = whole(scenario);
    Path place = folder.resolve("round-" + round + "/here");
    copy(whole.begun(), place);
    Path log = folder.resolve("round-" + round + ".log");
    int times = random.nextInt(1, 4);
    boolean again = true;
    for (int kill = 0; kill < times && again && killed() < KILLS; kill++) {
      // Before that the JVM has hardly started.
      long moment = random.nextLong(whole.millis() / 5, whole.millis());
      again =
          KtProcess.start(place, log, scenario.arguments())
              .killAfter(moment, VICTIMS[random.nextInt(VICTIMS.length)], random);
      if (again) {
        kills.merge(scenario, 1, Integer::sum);
      }
    }
    String problem = "";
    try {
      KtProcess.run(place, log, scenario.arguments());
    } catch (AssertionError e) {
      problem = "it does not end: " + e.getMessage();
    }
    if (problem.isEmpty()) {
      problem = difference(whole.end(), EndState.of(place));
    }
    if (!problem.isEmpty()) {
      different.add(scenario + ", round " + round + ": " + problem);
      copy(place, KEPT.resolve("round-" + round));
      Files.copy(log, KEPT.resolve("round-" + round + ".log"));
    }
  }

  private Whole whole(Scenario scenario) throws IOException, InterruptedException {
    Whole known = wholes.get(scenario);
    if (known != null) {
      return known;
    }
    // Folders of runs are called after that of their configuration, so all are called the same.
    Path begun = Files.createDirectories(folder.resolve(scenario + "-begun/here"));
    Path log = folder.resolve(scenario + "." + LOG);
    for (Map.Entry<String, String> file : scenario.files.entrySet()) {
      Files.writeString(begun.resolve(file.getKey()), file.getValue());
    }
    KtProcess.run(begun, log, List.of(scenario.before.split(" ", -1)));
    Path ended = folder.resolve(scenario + "-ended/here");
    copy(begun, ended);
    long millis = KtProcess.run(ended, log, scenario.arguments());
    Whole whole = new Whole(begun, EndState.of(ended), millis);
    wholes.put(scenario, whole);
    return whole;
  }

  private static String difference(SortedMap<String, String> whole, SortedMap<String, String> end) {
    List<String> names = new ArrayList<>();
    whole.forEach(
        (name, content) -> {
          if (!end.containsKey(name)) {
            names.add(name + " is missing");
          } else if (!content.equals(end.get(name))) {
            names.add(name + " differs");
          }
        });
    end.keySet().stream()
        .filter(name -> !whole.containsKey(name))
        .forEach(n -> names.add(n + " is left"));
    return String.join(", ", names);
  }

  private static void removeKept() throws IOException {
    if (Files.exists(KEPT)) {
      try (Stream<Path> all = Files.walk(KEPT)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : (Iterable<Path>) all::iterator) {
        Path copy = to.resolve(from.relativize(each).toString());
        if (Files.isDirectory(each)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(each, copy);
        }
      }
    }
  }
}
