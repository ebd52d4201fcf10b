package org.kt4j.detection.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.config.ConfigurationException;
import org.kt4j.detection.evaluation.DetectionScores;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.run.Scores;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.engine.training.Trainer;

/** Whole experiments, tiny. */
class DetectionTrainingTest {

  private static final String DATA =
      "data: {name: shapes-detection, train: 16, held-out: 4, test: 4, height: 64, width: 96}\n";

  private static final String STUDENT = student("imagenet-resnet-10", "stage3", 64, 96);

  private static final String REST =
      """
      batch-size: 4
      optimizer: {name: sgd, learning-rate: 0.01, momentum: 0.9, clip-norm: 10}
      """;

  private static final String ALONE =
      "phases: [{name: detect, epochs: 2, objective: [{preset: faster-rcnn}]}]\n";

  private final Injector injector = Guice.createInjector(KtModule.fromClassPath());
  private final Trainer trainer = injector.getInstance(Trainer.class);
  private final ExperimentReader reader = injector.getInstance(ExperimentReader.class);

  @TempDir private Path folder;

  private static String student(String backbone, String tap, int height, int width) {
    return String.format(
        Locale.ROOT,
        """
        student:
          network: faster-rcnn
          backbone: {network: %s, width: 8}
          tap: %s
          height: %d
          width: %d
          anchor-scales: [24, 40]
          rpn-channels: 16
          head-units: 16
          candidates: 60
          proposals: 16
          sampled-anchors: 16
          sampled-regions: 8
          detections: 10
        """,
        backbone,
        tap,
        height,
        width);
  }

  private Path file(String name, String... parts) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("", parts) + REST);
  }

  private RunPlan plan(Path file) {
    ExperimentConfig config = reader.read(file, Map.of());
    Path runs = folder.resolve("runs");
    return new RunPlan(config, trainer.folder(runs, file, config), runs);
  }

  private RunResult trained(Path file) {
    return trainer.train(plan(file), TrainingListener.SILENT);
  }

  private static List<String> problems(Runnable action) {
    List<String> problems = new ArrayList<>();
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(ConfigurationException.class, e -> problems.addAll(e.problems()));
    return problems;
  }

  private List<String> refused(String... parts) throws IOException {
    RunPlan plan = plan(file("refused.yaml", parts));
    return problems(() -> trainer.check(plan));
  }

  @Test
  void a_detector_learns_from_a_detector_and_leaves_what_reports_want() throws IOException {
    file("teacher.yaml", DATA, STUDENT, ALONE);
    Path file =
        file(
            "nst-kd.yaml",
            DATA,
            "teacher: {config: teacher.yaml, allow-weak: true}\n",
            STUDENT,
            """
            phases:
              - name: detect
                epochs: 2
                objective:
                  - {preset: faster-rcnn}
                  - {term: nst, weight: 50, layers: {stage3: stage3}}
                  - {term: kd}
            """);

    RunResult result = trained(file);

    Path run = plan(file).folder();
    assertThat(result.metric().name()).isEqualTo("mAP");
    assertThat(result.classes()).containsExactly("triangle", "cross", "ring", "heart");
    assertThat(result.teacherTest()).isNotNull();
    assertThat(result.agreementLast()).isNull();
    assertThat(result.flopsPerImage()).isPositive();
    List<EpochMetrics> metrics = RunFolder.metrics(run);
    assertThat(metrics).hasSize(2);
    assertThat(metrics.get(0).terms())
        .containsOnlyKeys("rpn-objectness", "nst", "kd", "rpn-box", "region-class", "region-box");
    assertThat(metrics.get(0).heldOut()).isEmpty();
    assertThat(metrics.get(0).trainScore()).isNull();
    Scores scores = RunFolder.scores(run).orElseThrow();
    assertThat(scores.classes()).hasSize(4);
    assertThat(scores.classes().get(0).precision()).hasSize(101);
    assertThat(scores.overall())
        .containsKeys("mAP, VOC 2007", "AP", "AP50", "AP75", "AR1", "AR10", "AR100");
    try (Stream<Path> pictures = Files.list(RunFolder.examples(run))) {
      assertThat(pictures).hasSize(4).allMatch(each -> each.toString().endsWith(".png"));
    }
  }

  @Test
  void a_run_that_was_stopped_ends_with_the_numbers_of_one_that_was_not() throws IOException {
    Path file = file("alone.yaml", DATA, STUDENT, ALONE);
    RunPlan whole = plan(file);
    RunPlan stopped = new RunPlan(whole.config(), folder.resolve("stopped"), whole.runs());
    RuntimeException stop = new RuntimeException("stop");
    TrainingListener stops =
        new TrainingListener() {
          @Override
          public void epochDone(EpochMetrics metrics, int epochs, boolean best) {
            throw stop;
          }
        };

    trainer.train(whole, TrainingListener.SILENT);
    assertThatThrownBy(() -> trainer.train(stopped, stops)).isSameAs(stop);
    trainer.train(stopped, TrainingListener.SILENT);

    List<EpochMetrics> expected = RunFolder.metrics(whole.folder());
    List<EpochMetrics> actual = RunFolder.metrics(stopped.folder());
    assertThat(actual).hasSize(2);
    for (int epoch = 0; epoch < 2; epoch++) {
      assertThat(actual.get(epoch).terms()).isEqualTo(expected.get(epoch).terms());
      assertThat(actual.get(epoch).heldOutScore()).isEqualTo(expected.get(epoch).heldOutScore());
    }
    assertThat(RunFolder.scores(stopped.folder())).isEqualTo(RunFolder.scores(whole.folder()));
  }

  private static Map<String, float[]> weights(Path run) {
    Map<String, float[]> weights = new TreeMap<>();
    Checkpoints.of(run)
        .read(Checkpoints.Which.LAST)
        .orElseThrow()
        .values()
        .forEach((path, saved) -> weights.put(path, saved.numbers()));
    return weights;
  }

  @Test
  void frozen_stages_of_a_detector_stay_those_that_it_begins_with_also_where_it_was_stopped()
      throws IOException {
    Path first = file("begun.yaml", DATA, STUDENT, ALONE.replace("epochs: 2", "epochs: 1"));
    Path file =
        file(
            "tuned.yaml",
            DATA,
            "start: {config: begun.yaml}\n",
            STUDENT,
            ALONE.replace("epochs: 2", "epochs: 2, freeze: [stem, stage1]"));
    RunPlan whole = plan(file);
    RunPlan stopped = new RunPlan(whole.config(), folder.resolve("stopped"), whole.runs());
    RuntimeException stop = new RuntimeException("stop");
    TrainingListener stops =
        new TrainingListener() {
          @Override
          public void epochDone(EpochMetrics metrics, int epochs, boolean best) {
            throw stop;
          }
        };

    trainer.train(whole, TrainingListener.SILENT);
    assertThatThrownBy(() -> trainer.train(stopped, stops)).isSameAs(stop);
    trainer.train(stopped, TrainingListener.SILENT);

    Map<String, float[]> before = weights(plan(first).folder());
    Map<String, float[]> after = weights(whole.folder());
    Map<String, float[]> again = weights(stopped.folder());
    assertThat(again.keySet()).isEqualTo(after.keySet());
    int frozen = 0;
    for (String path : after.keySet()) {
      assertThat(again.get(path)).as(path).isEqualTo(after.get(path));
      if (path.matches("student/(conv1|bn1|layer1)\\..*")) {
        assertThat(after.get(path)).as(path).isEqualTo(before.get(path));
        frozen++;
      }
    }
    // Three convolutions, each with a normalisation of four arrays.
    assertThat(frozen).isEqualTo(15);
    assertThat(after.get("student/layer2.0.conv1.weight"))
        .isNotEqualTo(before.get("student/layer2.0.conv1.weight"));
  }

  @Test
  void a_backbone_that_was_distilled_on_the_objects_is_what_a_detector_begins_with()
      throws IOException {
    String crops = DATA.replace("}", ", crop-size: 32}");
    String phase = "phases: [{name: classify, epochs: 1, objective: [%s]}]\n";
    file(
        "teacher.yaml",
        crops,
        "student: {network: imagenet-resnet-10, width: 12}\n",
        phase.formatted("{term: cross-entropy}"));
    file(
        "backbone.yaml",
        crops,
        "teacher: {config: teacher.yaml, allow-weak: true}\n",
        "student: {network: imagenet-resnet-10, width: 8}\n",
        phase.formatted("{term: cross-entropy}, {term: nst, layers: {stage3: stage3}}"));
    Path file = file("detector.yaml", DATA, "start: {config: backbone.yaml}\n", STUDENT, ALONE);
    List<String> told = new ArrayList<>();

    trainer.train(
        plan(file),
        new TrainingListener() {
          @Override
          public void begins(String source, int known, int variables) {
            told.add(known + " of " + variables);
          }
        });

    // Known, up to stage 3 of a ResNet-10: conv1, six convolutions of branches, two of shortcuts,
    // each with its weight and the four arrays of its normalisation: 9 x 5 = 45. New, each with
    // weight and bias: three layers of the RPN, two of the head and two that predict: 7 x 2 = 14.
    assertThat(told).containsExactly("45 of 59");
  }

  @Test
  void a_classifier_teaches_its_maps_and_no_logits() throws IOException {
    file(
        "classifier.yaml",
        DATA.replace("}", ", crop-size: 32}"),
        "student: {network: imagenet-resnet-10, width: 12}\n",
        "phases: [{name: classify, epochs: 1, objective: [{term: cross-entropy}]}]\n");
    String teacher = "teacher: {config: classifier.yaml}\n";
    String phases = "phases: [{name: detect, epochs: 1, objective: [{preset: faster-rcnn}, %s]}]\n";

    RunResult result =
        trained(
            file(
                "maps.yaml",
                DATA,
                teacher,
                STUDENT,
                phases.formatted("{term: nst, weight: 50, layers: {stage3: stage3}}")));
    List<String> problems = refused(DATA, teacher, STUDENT, phases.formatted("{term: kd}"));

    assertThat(result.teacherTest()).isNull();
    assertThat(problems)
        .singleElement()
        .asString()
        .contains("phases[0].objective[1]", "tap of the teacher 'logits'");
  }

  @Test
  void a_frozen_batch_normalisation_and_a_stage_as_head_train_too() throws IOException {
    Path file =
        file("frozen.yaml", DATA, STUDENT + "  head: stage\n  frozen-batch-norm: true\n", ALONE);

    assertThat(trained(file).epochs()).isEqualTo(2);
  }

  @Test
  void what_does_not_hold_together_is_refused_before_training() throws IOException {
    assertThat(refused("data: {name: shapes}\n", STUDENT, ALONE))
        .singleElement()
        .asString()
        .contains("data.name: shapes has no boxes", "shapes-detection", "voc", "coco");
    assertThat(refused(DATA, student("imagenet-resnet-10", "stage33", 64, 96), ALONE))
        .singleElement()
        .asString()
        .contains("student.tap: no tap 'stage33'", "stage3");
    assertThat(refused(DATA, student("imagenet-resnet-10", "stage3", 70, 96), ALONE))
        .singleElement()
        .asString()
        .contains("student.height, width: 70 x 96", "multiples of its stride, which is 16");
    file("teacher.yaml", DATA, STUDENT, ALONE);
    assertThat(
            refused(
                DATA,
                "teacher: {config: teacher.yaml}\n",
                STUDENT,
                "cache: {}\n",
                "augmentation: {views: 2}\n",
                ALONE.replace("{preset: faster-rcnn}", "{preset: faster-rcnn}, {term: kd}")))
        .singleElement()
        .asString()
        .contains("cache: every term reads what a teacher says of the regions of one step");
    assertThat(refused(DATA, STUDENT, "augmentation: {cutout: 4}\n", ALONE))
        .singleElement()
        .asString()
        .contains("augmentation.cutout", "fix: leave it out");
    assertThat(refused(DATA, STUDENT, ALONE.replace("{preset: faster-rcnn}", "{term: kd}")))
        .singleElement()
        .asString()
        .contains("learns from a teacher and there is none");
  }

  @Test
  void what_a_method_cannot_do_for_a_detector_is_told_before_training() throws IOException {
    file("teacher.yaml", DATA, STUDENT, ALONE);
    String terms =
        "{term: pkt}, {term: pkt, layers: {logits: stage3}}, {term: sp, layers: {stage3: logits}},"
            + " {term: crd, layers: {stage3: stage3}}, {term: crd, same-class: true, layers:"
            + " {logits: logits}}, {term: nst, layers: {stage4: stage4}}";

    List<String> problems =
        refused(
            DATA,
            "teacher: {config: teacher.yaml}\n",
            STUDENT,
            ALONE.replace("{preset: faster-rcnn}", terms));

    String place = "phases[0].objective[";
    assertThat(problems)
        .containsExactly(
            place
                + "0]: term 'pkt': compares 'pooled', which is what a classifier's last layer reads,"
                + " and the teacher has none; fix: layers: {TEACHER-TAP: STUDENT-TAP} with feature"
                + " maps, which are averaged over their positions; the teacher has stage1.pre-relu,"
                + " stage1, stage2.pre-relu, stage2, stage3.pre-relu, stage3",
            place
                + "1]: term 'pkt-2': pairs the teacher's 'logits' with the student's 'stage3', and"
                + " the rows of the first are regions, those of the second pictures; fix: pair"
                + " feature maps with feature maps, and logits with each other",
            place
                + "2]: term 'sp': pairs the teacher's 'stage3' with the student's 'logits', and the"
                + " rows of the first are pictures, those of the second regions; fix: pair feature"
                + " maps with feature maps, and logits with each other",
            place
                + "3]: term 'crd': reads the class of each picture, and here the rows of logits have"
                + " classes, which are regions; fix: an option that reads no labels, if the method"
                + " has one",
            place
                + "4]: term 'crd-2': keeps something of each picture, and the rows of logits are"
                + " regions here; fix: name layers that are feature maps",
            place
                + "5]: unknown tap of the teacher 'stage4'; known: stage1.pre-relu, stage1,"
                + " stage2.pre-relu, stage2, stage3.pre-relu, stage3, logits; did you mean"
                + " 'stage1'?",
            place
                + "5]: unknown tap of the student 'stage4'; known: stage1.pre-relu, stage1,"
                + " stage2.pre-relu, stage2, stage3.pre-relu, stage3, logits; did you mean"
                + " 'stage1'?");
  }

  @Test
  void the_losses_of_a_detector_are_refused_for_a_classifier() throws IOException {
    assertThat(
            refused(
                DATA.replace("}", ", crop-size: 32}"),
                "student: {network: imagenet-resnet-10, width: 8}\n",
                "phases: [{name: p, epochs: 1, objective: [{term: region-box}]}]\n"))
        .containsExactly(
            "phases[0].objective[0]: term 'region-box': is one of the four losses of a detector,"
                + " and this student is none; fix: leave it out");
  }

  @Test
  void pictures_that_hold_no_object_are_refused() throws IOException {
    Path voc = Files.createDirectories(folder.resolve("voc"));
    picture(voc, "a", "train", 2, 2, 40, 40);
    picture(voc, "b", "val", 2, 2, 40, 40);
    picture(voc, "c", "test", 2, 2, 2, 40); // no area, so it is dropped

    List<String> problems =
        refused("data: {name: voc, path: " + voc + ", classes: [cell]}\n", STUDENT, ALONE);

    assertThat(problems)
        .singleElement()
        .asString()
        .contains("the 1 pictures of voc test hold no object that counts");
  }

  @ParameterizedTest
  @CsvSource({"val,data: voc val has no picture", "test,data: voc test has no picture"})
  void an_empty_set_of_pictures_is_refused_before_training(String set, String problem)
      throws IOException {
    Path voc = threePictures();
    Files.writeString(voc.resolve("ImageSets/Main").resolve(set + ".txt"), "\n");

    assertThat(refused("data: {name: voc, path: " + voc + "}\n", STUDENT, ALONE))
        .singleElement()
        .asString()
        .startsWith(problem + "; allowed: 1 or more");
  }

  @Test
  void a_classifier_of_objects_needs_some_in_every_set_too() throws IOException {
    Path voc = threePictures();
    String[] experiment = {
      "data: {name: voc, path: " + voc + ", crop-size: 16}\n",
      "student: {network: resnet-8}\n",
      "phases: [{name: p, epochs: 1, objective: [{term: cross-entropy}]}]\n"
    };

    Files.writeString(voc.resolve("ImageSets/Main/val.txt"), "\n");
    assertThat(refused(experiment))
        .singleElement()
        .asString()
        .startsWith("data.held-out: 0 pictures");

    Files.writeString(voc.resolve("ImageSets/Main/test.txt"), "\n");
    assertThatThrownBy(() -> refused(experiment))
        .hasStackTraceContaining("voc test: holds no picture to test on");
  }

  private Path threePictures() throws IOException {
    Path voc = Files.createDirectories(folder.resolve("three"));
    picture(voc, "a", "train", 2, 2, 40, 40);
    picture(voc, "b", "val", 2, 2, 40, 40);
    picture(voc, "c", "test", 2, 2, 40, 40);
    return voc;
  }

  private static void picture(
      Path voc, String name, String set, int xMin, int yMin, int xMax, int yMax)
      throws IOException {
    Path pictures = Files.createDirectories(voc.resolve("JPEGImages"));
    BufferedImage image = new BufferedImage(96, 64, BufferedImage.TYPE_INT_RGB);
    ImageIO.write(image, "png", pictures.resolve(name + ".png").toFile());
    Path sets = Files.createDirectories(voc.resolve("ImageSets").resolve("Main"));
    Files.writeString(sets.resolve(set + ".txt"), name + "\n");
    Files.writeString(
        Files.createDirectories(voc.resolve("Annotations")).resolve(name + ".xml"),
        String.format(
            Locale.ROOT,
            """
        <annotation><object><name>cell</name><bndbox>
        <xmin>%d</xmin><ymin>%d</ymin><xmax>%d</xmax><ymax>%d</ymax>
        </bndbox></object></annotation>
        """,
            xMin,
            yMin,
            xMax,
            yMax));
  }

  @Test
  void a_teacher_that_sees_other_pictures_or_another_map_is_refused() throws IOException {
    file("larger.yaml", DATA, student("imagenet-resnet-10", "stage3", 128, 96), ALONE);
    file("coarser.yaml", DATA, student("imagenet-resnet-10", "stage4", 64, 96), ALONE);

    assertThat(refused(DATA, "teacher: {config: larger.yaml}\n", STUDENT, ALONE))
        .singleElement()
        .asString()
        .contains("teacher: faster-rcnn", "128x96", "64x96", "allowed: the same height and width");
    assertThat(refused(DATA, "teacher: {config: coarser.yaml}\n", STUDENT, ALONE))
        .singleElement()
        .asString()
        .contains("has the stride 32 at stage4, the student 16 at stage3");
  }

  @Test
  void a_teacher_that_finds_nothing_is_an_error() throws IOException {
    // So sure that nothing is.
    file("teacher.yaml", DATA, STUDENT + "  score-threshold: 0.999\n", ALONE);
    Path file =
        file(
            "learner.yaml",
            DATA,
            "teacher: {config: teacher.yaml}\n",
            STUDENT,
            ALONE.replace("{preset: faster-rcnn}", "{preset: faster-rcnn}, {term: kd}"));

    List<String> problems = problems(() -> trained(file));

    assertThat(problems)
        .singleElement()
        .asString()
        .contains("teacher: faster-rcnn", "it finds nothing", "teacher.allow-weak: true");
  }

  @Test
  void a_detector_that_was_trained_detects_as_it_was_evaluated() throws IOException {
    Path file = file("alone.yaml", DATA, STUDENT, ALONE);
    RunResult result = trained(file);
    RunPlan plan = plan(file);
    DetectorFactory detectors = injector.getInstance(DetectorFactory.class);
    TrainedRun run = new TrainedRun(plan.folder(), plan.config(), Checkpoints.Which.LAST);

    try (Detector detector = detectors.open(run)) {
      DetectionScores scores =
          detector.evaluate(detectors.data(plan.config().data()).test(), done -> {});

      assertThat(scores.vocArea()).isEqualTo(result.testLast());
    }
  }
}
