package org.kt4j.classification.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.classification.ClassificationTask;
import org.kt4j.classification.SmallRuns;
import org.kt4j.data.DataException;
import org.kt4j.data.DataSplits;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.run.Environment;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.ExportRequest;
import org.kt4j.engine.task.ObservableNetworks;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.imagelevel.FrozenNetwork;
import org.kt4j.imagelevel.TrainedNetwork;

class StudentExportTest {

  private static final StudentExport EXPORT =
      new StudentExport(
          SmallRuns.CLASSIFIERS,
          SmallRuns.INJECTOR.getInstance(ExperimentReader.class),
          SmallRuns.INJECTOR.getInstance(ClassificationTask.class));

  private static final String ONE_EPOCH =
      "phases: [{name: only, epochs: 1, objective: [{term: cross-entropy}]}]\n";

  @TempDir private static Path shared;

  @TempDir private Path folder;

  private static Path teacher;
  private static Path run;
  private static RunResult result;

  @BeforeAll
  static void train_a_student_of_a_teacher() {
    teacher = shared.resolve("teacher");
    SmallRuns.trainTeacher(teacher, 1);
    run = shared.resolve("run");
    result =
        SmallRuns.TRAINER.train(
            new RunPlan(SmallRuns.parse(ofTeacher(teacher)), run, shared), TrainingListener.SILENT);
  }

  private static String ofTeacher(Path teacher) {
    return SmallRuns.DATA
        + SmallRuns.STUDENT
        + "teacher: {run: "
        + teacher
        + ", allow-weak: true}\n"
        + "phases: [{name: distil, epochs: 3,"
        + " objective: [{term: cross-entropy}, {term: match, weight: 0.25}]}]\n"
        + "seed: 5\n";
  }

  private static StudentExport.Outcome export(Path run, Checkpoints.Which which, Path folder) {
    return EXPORT.write(
        student(run, which), new ExportRequest(ExportOptions.defaults(), folder, false, shared));
  }

  private static TrainedRun student(Path run, Checkpoints.Which which) {
    ExperimentReader reader = SmallRuns.INJECTOR.getInstance(ExperimentReader.class);
    return new TrainedRun(run, reader.readResolved(RunFolder.config(run)), which);
  }

  private static StudentExport.Outcome export(Path run, Path folder) {
    return export(run, Checkpoints.Which.LAST, folder);
  }

  private static String card(Path export) throws IOException {
    return Files.readString(export.resolve("model-card.md"));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> tree = Files.walk(from)) {
      for (Path each : tree.toList()) {
        Files.copy(each, to.resolve(from.relativize(each).toString()));
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  @Test
  void an_export_is_five_files_that_compute_what_the_run_computed() throws IOException {
    Path export = folder.resolve("export");

    StudentExport.Outcome outcome = export(run, export);

    assertThat(names(export))
        .containsExactly(
            "SHA256SUMS",
            "model-card.md",
            "saved_model.pb",
            "serving.properties",
            "synset.txt",
            "weights.npz");
    assertThat(names(folder)).containsExactly("export");
    assertThat(outcome.files())
        .containsOnlyKeys("saved_model.pb", "serving.properties", "synset.txt", "weights.npz")
        .containsEntry("weights.npz", Files.size(export.resolve("weights.npz")));
    assertThat(outcome.unchecked()).isNull();
    assertThat(outcome.check().passed()).isTrue();
    assertThat(outcome.check().count()).isEqualTo(32);
    assertThat(outcome.check().difference()).isLessThan(1e-4 * outcome.check().largest());
    // The run's own numbers: its held-out accuracy, and how often it agreed with its teacher there.
    assertThat(outcome.check().original()).isEqualTo(result.heldOutLast());
    List<EpochMetrics> metrics = RunFolder.metrics(run);
    ExportCheck.TeacherAgreement agreement = outcome.check().teacher();
    assertThat(agreement).isNotNull();
    assertThat(agreement.original()).isEqualTo(metrics.get(2).agreement());
    assertThat(outcome.speed().get(0).value())
        .matches("\\d+\\.\\d\\d ms for one picture, \\d+ images/s in batches of 64");
    assertThat(Files.readAllLines(export.resolve("synset.txt"))).isEqualTo(result.classes());
  }

  @Test
  void the_card_says_what_the_run_reached_and_how_it_was_trained() throws IOException {
    Path export = folder.resolve("export");

    export(run, export);

    Environment environment = RunFolder.environment(run).orElseThrow();
    Double ofTeacher = result.teacherTest();
    Double agreement = result.agreementLast();
    assertThat(ofTeacher).isNotNull();
    assertThat(agreement).isNotNull();
    assertThat(card(export).lines())
        .contains(
            "# resnet-8, trained on shapes",
            "| | last epoch, 3 | best epoch, " + result.bestEpoch() + " |",
            "| test | " + percent(result.testLast()) + " | " + percent(result.testBest()) + " |",
            "| held-out | "
                + percent(result.heldOutLast())
                + " | "
                + percent(result.heldOutBest())
                + " |",
            "| teacher, test | " + percent(ofTeacher) + " | |",
            "| agreement with the teacher, test | " + percent(agreement) + " | |",
            // 9 (3 4 + 2 4 4 + 4 8 + 8 8 + 8 16 + 16 16) of kernels, 2 (4 + 8 + 16 + 32) of
            // normalisations, 16 10 + 10 of the dense layer.
            "| parameters | 5,006 |",
            "| batch normalisation | 7 of 7 multiplied into convolutions |",
            "| seed | 5 |",
            "| data | shapes |")
        .anyMatch(line -> line.startsWith("| teacher | ") && line.contains("`" + teacher + "`"))
        .anyMatch(
            line ->
                line.startsWith("| objective, `distil`, 3 epochs | 1 x cross-entropy")
                    && line.contains(" + 0.25 x match"))
        .anyMatch(
            line ->
                line.startsWith("| trained with | ")
                    && line.contains("TensorFlow " + environment.tensorflow())
                    && line.contains("Java " + environment.java())
                    && line.endsWith(environment.started().substring(0, 10) + " |"))
        .anyMatch(line -> line.startsWith("| exported with | kt4j "))
        .anyMatch(
            line -> line.startsWith("Checked after it was written, against the run: 32 pictu"))
        .noneMatch(line -> line.startsWith("Left out"));
    assertThat(card(export)).contains(Files.readString(RunFolder.config(run)).strip());
  }

  @Test
  void numbers_in_the_card_do_not_depend_on_the_locale() throws IOException {
    Locale before = Locale.getDefault();
    Path export = folder.resolve("export");
    Locale.setDefault(Locale.GERMANY);
    try {
      export(run, export);
    } finally {
      Locale.setDefault(before);
    }

    assertThat(card(export)).contains("| parameters | 5,006 |").doesNotContain("| 5.006 |");
  }

  @Test
  void the_best_checkpoint_is_exported_when_it_is_asked_for() throws IOException {
    Path export = folder.resolve("export");

    StudentExport.Outcome outcome = export(run, Checkpoints.Which.BEST, export);

    assertThat(outcome.check().original()).isEqualTo(result.heldOutBest());
    assertThat(card(export)).contains("its best checkpoint");
  }

  @Test
  void an_export_that_is_there_is_replaced_when_that_is_asked_for() throws IOException {
    Path export = folder.resolve("export");
    export(run, export);
    TrainedRun student = student(run, Checkpoints.Which.LAST);

    assertThatThrownBy(() -> export(run, export))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("is there already");
    EXPORT.write(
        student,
        new ExportRequest(ExportOptions.defaults().taps(List.of("pooled")), export, true, shared));

    try (ExportedClassifier open = ExportedClassifier.open(export)) {
      assertThat(open.outputs()).containsExactly("logits", "pooled", "probabilities");
    }
    assertThat(names(folder)).containsExactly("export");
  }

  @Test
  void the_weights_are_those_of_a_teacher_of_other_runs() {
    Path export = folder.resolve("export");
    export(run, export);
    ExperimentConfig config = SmallRuns.parse(ofWeights(export));
    DataSplits data = SmallRuns.CLASSIFIERS.data(config);
    byte[] pixels = Classifiers.noise(8 * data.shape().bytes(), 1);
    TrainedNetwork student = SmallRuns.CLASSIFIERS.trained(student(run, Checkpoints.Which.LAST));
    float[] expected;
    try (FrozenNetwork open = student.open()) {
      expected = open.logits(pixels, 8);
    }

    try (ObservableNetworks networks = SmallRuns.TASK.observe(config, folder)) {
      assertThat(networks.teachers()).hasSize(1);
      Teacher theirs = networks.teachers().values().iterator().next();
      try (FrozenNetwork found = new FrozenNetwork(data.shape(), theirs)) {
        assertThat(found.logits(pixels, 8)).isEqualTo(expected);
      }
    }
  }

  private static String ofWeights(Path export) {
    return SmallRuns.DATA
        + SmallRuns.STUDENT
        + "teacher: {network: resnet-8, width: 4, weights: "
        + export.resolve("weights.npz")
        + "}\n"
        + "phases: [{name: distil, epochs: 1, objective: [{term: match}]}]\n";
  }

  @Test
  void an_unfinished_run_is_exported_and_said_to_be_one() throws IOException {
    Path unfinished = folder.resolve("unfinished");
    // Four steps an epoch.
    stop(unfinished, 5);

    StudentExport.Outcome outcome = export(unfinished, unfinished.resolve("export"));

    assertThat(outcome.check().passed()).isTrue();
    assertThat(outcome.check().original())
        .isEqualTo(RunFolder.metrics(unfinished).get(0).heldOutScore());
    assertThat(card(unfinished.resolve("export")))
        .contains("The run is not complete: there is no score on test pictures.")
        .doesNotContain("| test |");
  }

  @Test
  void a_run_that_has_finished_no_epoch_has_no_student() throws IOException {
    Path begun = folder.resolve("begun");
    stop(begun, 2);
    List<String> before = names(begun);

    assertThatThrownBy(() -> export(begun, begun.resolve("export")))
        .isInstanceOf(TrainingException.class)
        .hasMessage(begun + ": this run has finished no epoch yet; fix: train it first");

    assertThat(names(begun)).isEqualTo(before);
  }

  private static void stop(Path run, int steps) {
    RunPlan plan = new RunPlan(SmallRuns.parse(ofTeacher(teacher)), run, shared);
    assertThatThrownBy(() -> SmallRuns.TRAINER.train(plan, new SmallRuns.Stop(steps)))
        .hasMessage("stopped by the test");
  }

  @Test
  void a_folder_that_holds_no_run_is_told() {
    TrainedRun nothing =
        new TrainedRun(folder, SmallRuns.parse(ofTeacher(teacher)), Checkpoints.Which.LAST);

    assertThatThrownBy(
            () ->
                EXPORT.write(
                    nothing,
                    new ExportRequest(
                        ExportOptions.defaults(), folder.resolve("export"), false, shared)))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining(folder + ": this run has finished no epoch yet");
    assertThat(folder.resolve("export")).doesNotExist();
  }

  @Test
  void an_unknown_tap_leaves_nothing() throws IOException {
    TrainedRun student = student(run, Checkpoints.Which.LAST);
    ExportOptions options = ExportOptions.defaults().taps(List.of("stage9"));
    ExportRequest request = new ExportRequest(options, folder.resolve("export"), false, shared);

    assertThatThrownBy(() -> EXPORT.write(student, request))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("unknown tap 'stage9'");
    assertThat(names(folder)).isEmpty();
  }

  @Test
  void a_run_whose_data_is_gone_is_compared_on_noise_while_its_result_tells_what_pictures_were()
      throws IOException {
    Path data = folder.resolve("pictures");
    for (String split : List.of("train", "test")) {
      for (String name : List.of("ant", "zebra")) {
        for (int i = 0; i < 8; i++) {
          draw(data.resolve(split).resolve(name).resolve(i + ".png"), 20 * i + name.length());
        }
      }
    }
    Path ofPictures = folder.resolve("run");
    ExperimentConfig config =
        SmallRuns.parse(
            "data: {name: image-folder, path: "
                + data
                + ", size: 16, held-out-fraction: 0.25}\n"
                + "student: {network: resnet-8, width: 4}\nbatch-size: 4\n"
                + ONE_EPOCH);
    SmallRuns.TRAINER.train(new RunPlan(config, ofPictures, folder), TrainingListener.SILENT);
    delete(data);

    StudentExport.Outcome outcome = export(ofPictures, ofPictures.resolve("export"));

    assertThat(outcome.check().passed()).isTrue();
    assertThat(outcome.check().pictures()).isEqualTo("random pictures");
    assertThat(outcome.unchecked())
        .startsWith("compared on noise, for the data is not there: ")
        .contains(data.toString());
    assertThat(card(ofPictures.resolve("export")))
        .contains("Left out: compared on noise, for the data is not there: ");
    assertThat(Files.readAllLines(ofPictures.resolve("export/synset.txt")))
        .containsExactly("ant", "zebra");

    // Without its result nothing tells the size of the pictures.
    Files.delete(ofPictures.resolve("result.json"));
    assertThatThrownBy(() -> export(ofPictures, folder.resolve("again")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(data.toString());
    assertThat(folder.resolve("again")).doesNotExist();
  }

  private static void draw(Path file, int grey) throws IOException {
    Files.createDirectories(file.resolve("..").normalize());
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        image.setRGB(x, y, (grey + x) << 16 | (grey + y) << 8 | grey);
      }
    }
    assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
  }

  @Test
  void a_result_of_before_that_told_the_size_of_pictures_is_exported_with_its_data()
      throws IOException {
    Path older = folder.resolve("older");
    copy(run, older);
    Path file = older.resolve("result.json");
    ObjectMapper json = new ObjectMapper();
    ObjectNode tree = (ObjectNode) json.readTree(file.toFile());
    assertThat(tree.remove("pictures")).isNotNull();
    json.writeValue(file.toFile(), tree);

    StudentExport.Outcome outcome = export(older, folder.resolve("export"));

    assertThat(outcome.check().count()).isEqualTo(32);
    assertThat(outcome.check().original()).isEqualTo(result.heldOutLast());
  }

  @Test
  void a_teacher_that_is_gone_is_said_to_be() throws IOException {
    Path gone = folder.resolve("teacher");
    copy(teacher, gone);
    Path student = folder.resolve("student");
    ExperimentConfig config = SmallRuns.parse(ofTeacher(gone).replace("epochs: 3", "epochs: 1"));
    SmallRuns.TRAINER.train(new RunPlan(config, student, folder), TrainingListener.SILENT);
    delete(gone);

    StudentExport.Outcome outcome = export(student, student.resolve("export"));

    assertThat(outcome.check().passed()).isTrue();
    assertThat(outcome.check().count()).isEqualTo(32);
    assertThat(outcome.check().teacher()).isNull();
    assertThat(outcome.unchecked())
        .startsWith("the teacher was not asked, for it is not there: ")
        .contains(gone.toString());
    assertThat(card(student.resolve("export"))).contains("Left out: the teacher was not asked");
  }

  @Test
  void several_teachers_are_asked_together() throws IOException {
    Path second = folder.resolve("second");
    SmallRuns.trainTeacher(second, 2);
    Path student = folder.resolve("student");
    ExperimentConfig config =
        SmallRuns.parse(
            ofTeacher(teacher)
                .replace("epochs: 3", "epochs: 1")
                .replace(
                    "teacher: {run: " + teacher + ", allow-weak: true}",
                    "teachers: [{name: one, run: "
                        + teacher
                        + ", allow-weak: true}, {name: two, run: "
                        + second
                        + ", allow-weak: true}]"));
    SmallRuns.TRAINER.train(new RunPlan(config, student, folder), TrainingListener.SILENT);

    StudentExport.Outcome outcome = export(student, student.resolve("export"));

    ExportCheck.TeacherAgreement agreement = outcome.check().teacher();
    assertThat(agreement).isNotNull();
    assertThat(agreement.original()).isEqualTo(RunFolder.metrics(student).get(0).agreement());
  }
}
