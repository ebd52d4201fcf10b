package org.kt4j.comparison.suite;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.TermConfig;
import org.kt4j.engine.experiment.TermWeight;

class SuiteReaderTest {

  private static final Injector INJECTOR = Guice.createInjector(KtModule.fromClassPath());
  private static final SuiteReader READER = INJECTOR.getInstance(SuiteReader.class);

  @TempDir private Path folder;

  @BeforeEach
  void write_the_base() throws IOException {
    Files.writeString(
        folder.resolve("base.yaml"),
        """
        data: {name: shapes, train: 100, held-out: 20}
        teacher: {config: teacher.yaml}
        student: {network: resnet-8}
        baseline: {config: alone.yaml}
        cache: {}
        augmentation: {views: 2}
        phases:
          - {name: distil, epochs: 7, objective: [{term: cross-entropy}, {term: kd}]}
        """);
  }

  private SuitePlan read(String yaml, Map<String, String> overrides) throws IOException {
    Path file = folder.resolve("suite.yaml");
    Files.writeString(file, yaml);
    return READER.read(file, overrides, Path.of("runs"));
  }

  private SuitePlan read(String yaml) throws IOException {
    return read(yaml, Map.of());
  }

  private static final String TWO =
      """
      base: base.yaml
      seeds: [3, 5]
      methods:
        - name: KD
        - {name: NST, objective: [{term: cross-entropy}, {term: nst, weight: 9}]}
      """;

  @Test
  void published_scores_are_those_of_rows() throws IOException {
    String three = "published: {source: a paper, scores: {KD: 70.5, NST: 69, student alone: 60}}\n";

    assertThat(read(TWO + three).published())
        .isEqualTo(
            new PublishedScores("a paper", Map.of("KD", 70.5, "NST", 69.0, "student alone", 60.0)));
    assertThatThrownBy(() -> read(TWO + three.replace("NST", "NTS")))
        .hasMessageContaining("suite.yaml: published.scores: ")
        .hasMessageContaining("NTS")
        .hasMessageContaining("NST");
    assertThatThrownBy(() -> read(TWO + three.replace(", student alone: 60", "")))
        .hasMessageContaining("published: scores: 2 methods; allowed: 3 or more");
    assertThatThrownBy(() -> read(TWO + three.replace("a paper", "''")))
        .hasMessageContaining("published: source: is empty");
  }

  @Test
  void every_method_has_a_run_for_every_seed_and_the_student_alone_comes_first()
      throws IOException {
    SuitePlan plan = read(TWO);

    assertThat(plan.tables()).hasSize(1);
    assertThat(plan.tables().get(0).rows())
        .extracting(SuitePlan.Row::method)
        .containsExactly("student alone", "KD", "NST");
    assertThat(plan.inOrder())
        .extracting(PlannedRun::toString)
        .containsExactly(
            "student alone, seed 3",
            "KD, seed 3",
            "NST, seed 3",
            "student alone, seed 5",
            "KD, seed 5",
            "NST, seed 5");
    assertThat(plan.inOrder().get(2).config().seed()).isEqualTo(3);
    assertThat(terms(plan.inOrder().get(2).config())).containsExactly("cross-entropy", "nst");
  }

  @Test
  void the_student_alone_is_the_base_for_as_many_epochs_with_nobody_to_learn_from()
      throws IOException {
    ExperimentConfig alone = read(TWO).inOrder().get(0).config();

    assertThat(alone.allTeachers()).isEmpty();
    assertThat(alone.cache()).isNull();
    assertThat(alone.baseline()).isNull();
    assertThat(alone.epochs()).isEqualTo(7);
    assertThat(terms(alone)).containsExactly("cross-entropy");
    assertThat(alone.augmentation().views()).isEqualTo(2);
  }

  @Test
  void shared_values_own_values_and_the_command_line_follow_one_another() throws IOException {
    SuitePlan plan =
        read(
            """
            base: base.yaml
            seeds: [1]
            set: {batch-size: 10, optimizer: {learning-rate: 0.5}, phases.0.epochs: 3}
            methods: [{name: small, set: {batch-size: 20, teacher: null, cache: null,
                                          phases.0.objective: [{term: cross-entropy}]}}]
            """,
            Map.of("phases.0.epochs", "4"));

    ExperimentConfig small = plan.inOrder().get(1).config();
    assertThat(small.batchSize()).isEqualTo(20);
    assertThat(small.optimizer().learningRate()).isEqualTo(0.5);
    assertThat(small.epochs()).isEqualTo(4);
    assertThat(small.allTeachers()).isEmpty();
    ExperimentConfig alone = plan.inOrder().get(0).config();
    assertThat(alone.batchSize()).isEqualTo(10);
    assertThat(alone.epochs()).isEqualTo(4);
  }

  @Test
  void a_grid_of_a_method_makes_rows_and_one_of_the_suite_makes_tables() throws IOException {
    SuitePlan plan =
        read(
            """
            base: base.yaml
            seeds: [1]
            grid: {optimizer: [{learning-rate: 0.1}, {learning-rate: 0.2}]}
            methods:
              - name: KD
                grid: {"phases.0.objective.1.weight": [1, 2], "phases.0.objective.1.temperature": [4]}
            """);

    assertThat(plan.tables())
        .extracting(SuitePlan.Table::setting)
        .containsExactly("optimizer {learning-rate: 0.1}", "optimizer {learning-rate: 0.2}");
    assertThat(plan.tables().get(1).rows())
        .extracting(SuitePlan.Row::method)
        .containsExactly(
            "student alone", "KD (weight 1, temperature 4)", "KD (weight 2, temperature 4)");
    ExperimentConfig last = plan.tables().get(1).rows().get(2).runs().get(0).config();
    assertThat(last.optimizer().learningRate()).isEqualTo(0.2);
    assertThat(last.phases().get(0).objective().get(1).weight()).isEqualTo(TermWeight.of(2));
    // The student alone of each table has the table's setting.
    assertThat(plan.tables().get(1).rows().get(0).runs().get(0).config().optimizer().learningRate())
        .isEqualTo(0.2);
  }

  @Test
  void a_changed_configuration_is_another_folder_and_an_unchanged_one_the_same()
      throws IOException {
    List<Path> before = folders(read(TWO));
    List<Path> again = folders(read(TWO));
    List<Path> changed = folders(read(TWO.replace("weight: 9", "weight: 8")));

    assertThat(again).isEqualTo(before).doesNotHaveDuplicates();
    assertThat(changed.subList(0, 2)).isEqualTo(before.subList(0, 2));
    assertThat(changed.get(2)).isNotEqualTo(before.get(2));
    assertThat(before.get(2).toString())
        .matches("runs/" + folder.getFileName() + "/suite/nst/seed-3-[0-9a-f]{8}");
  }

  @Test
  void an_unknown_base_is_told_with_what_is_there() {
    assertThatThrownBy(() -> read(TWO.replace("base: base.yaml", "base: bass.yaml")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("suite.yaml: base: there is no file")
        .hasMessageContaining("base.yaml");
  }

  @Test
  void a_seed_twice_is_refused() {
    assertThatThrownBy(() -> read(TWO.replace("[3, 5]", "[3, 3]")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("suite.yaml: seeds: [3, 3]")
        .hasMessageContaining("each seed once");
  }

  @Test
  @Timeout(20)
  void a_grid_of_more_runs_than_anybody_trains_is_refused_before_it_is_worked_out() {
    String thirty = IntStream.rangeClosed(1, 30).mapToObj(Integer::toString).collect(joining(", "));
    String grid =
        IntStream.range(0, 8).mapToObj(i -> "k" + i + ": [" + thirty + "]").collect(joining(", "));

    // 30^8 tables of three rows with two seeds.
    assertThatThrownBy(() -> read(TWO + "grid: {" + grid + "}\n"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "suite.yaml: 3,936,600,000,000 runs: 656,100,000,000 tables (grid) of 3 rows (methods"
                + " and their grids), each with 2 seeds; allowed: at most 2,000 runs; fix: fewer"
                + " values in a grid, or several suites");
    assertThatThrownBy(() -> read(TWO.replace("- name: KD", "- {name: KD, grid: {" + grid + "}}")))
        .hasMessageContaining("1 tables (grid) of 656,100,000,002 rows")
        .hasMessageContaining("allowed: at most 2,000 runs");
    assertThatThrownBy(
            () ->
                read(
                    TWO.replace(
                        "[3, 5]",
                        IntStream.range(0, 2_001).mapToObj(Integer::toString).toList().toString())))
        .hasMessageContaining("suite.yaml: seeds: 2001 seeds is not allowed; allowed: 1 to 2000");
  }

  @Test
  @Timeout(5)
  void numbers_of_a_suite_are_those_of_its_experiments() {
    assertThatThrownBy(() -> read(TWO + "set: {optimizer: {learning-rate: .nan}}\n"))
        .hasMessageContaining("optimizer.learning-rate: expected a")
        .hasMessageContaining("above 0, below 1000000")
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> read(TWO.replace("[3, 5]", "[3, .nan]")))
        .hasMessage(
            "suite.yaml: seeds[1]: expected a whole number (each method is trained with every one"
                + " of them, 1 or more), found NaN");
  }

  @Test
  void two_rows_of_one_name_are_refused() {
    assertThatThrownBy(() -> read(TWO.replace("name: NST", "name: kd")))
        .hasMessageContaining("methods[1] (kd): name: is taken by 'KD'");
    assertThatThrownBy(() -> read(TWO.replace("name: NST", "name: Student alone")))
        .hasMessageContaining("is taken by a row that every table has");
  }

  @Test
  void a_mistake_in_a_method_is_told_with_the_method_and_its_place_and_all_at_once() {
    String yaml =
        TWO.replace("weight: 9", "weight: -1").replace("- name: KD", "- {name: KD, set: {x: 1}}");

    assertThatThrownBy(() -> read(yaml))
        .hasMessageContaining("suite.yaml: methods[0] (KD): base.yaml: unknown key 'x'")
        .hasMessageContaining(
            "suite.yaml: methods[1] (NST): base.yaml: phases[0].objective[1].weight");
  }

  @Test
  void a_method_on_other_data_is_refused_unless_that_is_asked_for() throws IOException {
    String other = TWO.replace("- name: KD", "- {name: KD, set: {data.train: 200}}");

    assertThatThrownBy(() -> read(other))
        .hasMessageContaining("methods[0] (KD): data: is not that of the student alone")
        .hasMessageContaining("different-data: true");
    assertThat(read(other + "different-data: true\n").inOrder()).hasSize(6);
  }

  @Test
  void a_mistake_in_the_base_is_told_once() throws IOException {
    String base = Files.readString(folder.resolve("base.yaml"));
    Files.writeString(folder.resolve("base.yaml"), base.replace("resnet-8", "resnet-9"));

    assertThatThrownBy(() -> read(TWO))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e ->
                assertThat(e.problems())
                    .singleElement()
                    .asString()
                    .startsWith("base.yaml: student.depth: 9"));
  }

  @Test
  void an_objective_needs_a_base_of_one_phase() throws IOException {
    String base = Files.readString(folder.resolve("base.yaml"));
    Files.writeString(
        folder.resolve("base.yaml"),
        base + "  - {name: second, epochs: 1, objective: [{term: kd}]}\n");

    assertThatThrownBy(() -> read(TWO))
        .hasMessageContaining("methods[1] (NST): objective: the base has 2 phases")
        .hasMessageContaining("fix: phases");
  }

  @Test
  void what_would_have_no_effect_is_refused() {
    String phases =
        """
        base: base.yaml
        seeds: [1]
        set: {phases.0.epochs: 3}
        methods: [{name: two, phases: [{name: p, epochs: 5, objective: [{preset: kd-paper}]}]}]
        """;

    assertThatThrownBy(() -> read(phases))
        .hasMessageContaining("methods[0].phases: replaces what the suite sets of its phases");
    assertThatThrownBy(() -> read(TWO, Map.of("seed", "7")))
        .hasMessageContaining("suite.yaml: seed: a suite has seeds");
    assertThatThrownBy(() -> read(TWO + "grid: {batch-size: []}\n"))
        .hasMessageContaining("suite.yaml: grid: 'batch-size': [] is not allowed");
    assertThatThrownBy(
            () -> read(TWO.replace("- name: KD", "- {name: KD, grid: {batch-size: []}}")))
        .hasMessageContaining("suite.yaml: methods[0].grid: 'batch-size': []");
  }

  @Test
  void phases_may_be_given_whole() throws IOException {
    SuitePlan plan =
        read(
            """
            base: base.yaml
            seeds: [1]
            methods:
              - name: two stages
                phases:
                  - {name: hint, epochs: 2, objective: [{preset: fitnets-hint}]}
                  - {name: distil, epochs: 5, objective: [{preset: kd-paper}]}
            """);

    assertThat(plan.inOrder().get(1).config().epochs()).isEqualTo(7);
  }

  private static List<Path> folders(SuitePlan plan) {
    return plan.inOrder().stream().map(PlannedRun::folder).toList();
  }

  private static List<String> terms(ExperimentConfig config) {
    return config.phases().get(0).objective().stream().map(TermConfig::term).toList();
  }
}
