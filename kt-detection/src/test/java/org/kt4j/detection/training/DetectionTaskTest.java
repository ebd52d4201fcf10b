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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.api.Taps;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Picture;
import org.kt4j.data.Split;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.cache.KnowledgeCache;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.checkpoint.Checkpoint;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.QuantizedTensor;
import org.kt4j.engine.export.QuantizedTensors;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.engine.network.ImageNetResNetProvider;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.ExportRequest;
import org.kt4j.engine.task.Fact;
import org.kt4j.engine.task.ObservableNetworks;
import org.kt4j.engine.task.Prediction;
import org.kt4j.engine.task.PredictionOptions;
import org.kt4j.engine.task.Predictor;
import org.kt4j.engine.task.Task;
import org.kt4j.engine.task.Tasks;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.engine.teacher.CalibrationPass;
import org.kt4j.engine.teacher.Fingerprint;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;
import org.kt4j.engine.training.Trainer;

/** What a classifier can, a detector can: through the same interface, on one tiny trained run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DetectionTaskTest {

  private static final String DATA =
      "data: {name: shapes-detection, train: 16, held-out: 4, test: 4, height: 64, width: 96}\n";

  private static final String STUDENT =
      """
      student:
        network: faster-rcnn
        backbone: {network: imagenet-resnet-10, width: 8}
        tap: stage3
        height: 64
        width: 96
        anchor-scales: [24, 40]
        rpn-channels: 16
        head-units: 16
        candidates: 60
        proposals: 16
        sampled-anchors: 16
        sampled-regions: 8
        detections: 10
        score-threshold: 0.01
      batch-size: 4
      optimizer: {name: sgd, learning-rate: 0.01, momentum: 0.9, clip-norm: 10}
      """;

  private static final String ALONE =
      "phases: [{name: detect, epochs: 2, objective: [{preset: faster-rcnn}]}]\n";

  private static final String NST =
      "phases: [{name: detect, epochs: 2, objective: [{preset: faster-rcnn}, {term: nst, weight:"
          + " 50, layers: {stage3: stage3}}%s]}]\n";

  private final Injector injector = Guice.createInjector(KtModule.fromClassPath());
  private final Trainer trainer = injector.getInstance(Trainer.class);
  private final ExperimentReader reader = injector.getInstance(ExperimentReader.class);

  @TempDir private static Path folder;

  private RunPlan taught;
  private Task task;

  @BeforeAll
  void one_run_is_trained() throws IOException {
    file("teacher.yaml", ALONE);
    taught = plan(file("nst.yaml", teacher("teacher"), NST.formatted("")));
    trainer.train(taught, TrainingListener.SILENT);
    task = injector.getInstance(Tasks.class).of(taught.config());
  }

  private static String teacher(String name) {
    return "teacher: {config: " + name + ".yaml, allow-weak: true}\n";
  }

  private static Path file(String name, String... parts) throws IOException {
    return Files.writeString(folder.resolve(name), DATA + String.join("", parts) + STUDENT);
  }

  private RunPlan plan(Path file) {
    ExperimentConfig config = reader.read(file, Map.of());
    Path runs = folder.resolve("runs");
    return new RunPlan(config, trainer.folder(runs, file, config), runs);
  }

  private TrainedRun run() {
    return new TrainedRun(taught.folder(), taught.config(), Checkpoints.Which.LAST);
  }

  private List<Fact> exported(ExportOptions options, String name) {
    return task.export(
        run(), new ExportRequest(options, folder.resolve(name), false, folder.resolve("runs")));
  }

  @Test
  void a_run_with_a_filled_cache_ends_with_the_numbers_of_one_that_asks_its_teacher()
      throws IOException {
    String views = "augmentation: {crop-padding: 4, flip: true, views: 2}\n";
    String cache = "cache: {folder: " + folder.resolve("cache") + "}\n";
    String terms =
        ", {term: kd}"
            + ", {term: cwd, weight: 10, layers: {stage3: stage3}}"
            + ", {term: pkd, weight: 10, layers: {stage3: stage3}}"
            + ", {term: mgd, weight: 1e-4, layers: {stage3: stage3}}";
    RunPlan live = plan(file("live.yaml", teacher("teacher"), views, NST.formatted(terms)));
    RunPlan stored =
        plan(file("stored.yaml", teacher("teacher"), views, cache, NST.formatted(terms)));

    RunResult asked = trainer.train(live, TrainingListener.SILENT);
    RunResult looked = trainer.train(stored, TrainingListener.SILENT);

    KnowledgeCache kept = new KnowledgeCache(folder.resolve("cache"));
    assertThat(kept.entries())
        .filteredOn(entry -> entry.path().getFileName().toString().startsWith("answers-"))
        .hasSize(2); // to the held-out and the test pictures
    int files = kept.entries().size();
    RunPlan again =
        plan(file("again.yaml", teacher("teacher"), views, cache, NST.formatted(terms)));
    assertThat(trainer.train(again, TrainingListener.SILENT).teacherTest())
        .isEqualTo(asked.teacherTest());
    assertThat(kept.entries()).hasSize(files);
    assertThat(looked.teacherTest()).isEqualTo(asked.teacherTest());
    assertThat(looked.testLast()).isEqualTo(asked.testLast());
    assertThat(terms(stored)).isEqualTo(terms(live));
  }

  @Test
  void what_two_detectors_want_of_a_teacher_is_computed_in_one_pass() throws IOException {
    String views = "augmentation: {crop-padding: 4, flip: true, views: 2}\n";
    String kd = NST.formatted(", {term: kd}");
    String cwd = NST.formatted(", {term: cwd, weight: 10, layers: {stage3: stage3}}");
    String together = "cache: {folder: " + folder.resolve("cache-together") + "}\n";
    String alone = "cache: {folder: " + folder.resolve("cache-alone") + "}\n";
    List<Long> computed = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void filling(long done, long total, double seconds) {
            if (done == total) {
              computed.add(total);
            }
          }
        };

    trainer.fillCaches(
        List.of(
            plan(file("kd-together.yaml", teacher("teacher"), views, together, kd)),
            plan(file("cwd-together.yaml", teacher("teacher"), views, together, cwd))),
        listener);

    assertThat(computed).hasSize(1);
    for (String terms : List.of(kd, cwd)) {
      trainer.fillCaches(
          List.of(plan(file("alone.yaml", teacher("teacher"), views, alone, terms))), listener);
    }
    assertThat(computed).hasSize(3).containsOnly(computed.get(0));
    assertThat(files("cache-together")).hasSize(2).isEqualTo(files("cache-alone"));
  }

  /** The knowledge of a cache, by the names of its files. */
  private static Map<String, String> files(String cache) throws IOException {
    Map<String, String> files = new TreeMap<>();
    for (KnowledgeCache.Entry entry : new KnowledgeCache(folder.resolve(cache)).entries()) {
      String name = String.valueOf(entry.path().getFileName());
      if (!name.startsWith("answers-")) {
        files.put(name, new Fingerprint().add(Files.readAllBytes(entry.path())).hex());
      }
    }
    return files;
  }

  private static List<Map<String, Double>> terms(RunPlan plan) {
    return RunFolder.metrics(plan.folder()).stream().map(EpochMetrics::terms).toList();
  }

  @Test
  void each_of_several_teachers_is_tried_told_and_evaluated_and_all_together() throws IOException {
    file("second.yaml", ALONE, "seed: 2\n");
    RunPlan plan =
        plan(
            file(
                "several.yaml",
                "teachers: [{name: a, config: teacher.yaml, allow-weak: true}, {name: b, config:"
                    + " second.yaml, allow-weak: true}]\n",
                NST.formatted("")));
    List<String> tried = new ArrayList<>();
    List<String> told = new ArrayList<>();

    RunResult result =
        trainer.train(
            plan,
            new TrainingListener() {
              @Override
              public void teacherEvaluated(String source, double score, Metric metric) {
                tried.add(source.contains("together") ? source : "one");
              }

              @Override
              public void termReads(String phase, String term, Taps taps) {
                told.add(term);
              }
            });
    List<String> evaluated = new ArrayList<>();
    task.evaluateTeachers(
        plan.config(), plan.runs(), Split.TEST, each -> evaluated.add(each.source()));

    assertThat(tried).containsExactly("one", "one", "all teachers together");
    assertThat(told).containsExactly("nst.a", "nst.b");
    assertThat(result.teacherTest()).isNotNull();
    assertThat(evaluated).hasSize(3).last().isEqualTo("teacher, all teachers together");
  }

  @Test
  void the_teachers_maps_can_be_measured_before_training_and_its_regions_cannot() {
    try (ObservableNetworks networks = task.observe(taught.config(), taught.runs())) {
      Teacher teacher = Objects.requireNonNull(networks.teachers().get("teacher"));

      CalibrationPass pass =
          CalibrationPass.of(
              teacher, networks.pictures(Split.TRAIN), List.of("stage3"), Replicas.one());

      assertThat(pass.channelMeans("stage3")).hasDimensions(12, 32);
      assertThat(pass.labels()).hasSize(12);
      assertThat(teacher.stepTaps()).containsExactly(Taps.LOGITS);
    }
  }

  @Test
  void the_neurons_of_teacher_and_student_can_be_looked_at() {
    try (ObservableNetworks networks = task.observe(taught.config(), taught.runs())) {
      assertThat(networks.pictures(Split.TEST).size()).isEqualTo(4);
      assertThat(networks.student(run()).taps().names()).contains("stage2", "stage3");
      assertThat(networks.untrained().taps().names()).contains("stage2", "stage3");
      assertThat(networks.teachers()).containsOnlyKeys("teacher");
    }
  }

  @Test
  void what_an_export_finds_is_what_the_run_finds_drawn_and_in_numbers() throws IOException {
    exported(ExportOptions.defaults(), "plain");
    PredictionOptions all = new PredictionOptions(OptionalInt.of(3), OptionalDouble.of(0));
    Picture picture = new Picture(40, 50, new byte[40 * 50 * 3]);

    try (Predictor ofRun = task.predictor(run(), all);
        Predictor ofExport = task.predictor(folder.resolve("plain"), all).orElseThrow()) {
      Prediction found = ofRun.predict(List.of(ofRun.prepare(picture))).get(0);
      Prediction same = ofExport.predict(List.of(ofExport.prepare(picture))).get(0);

      assertThat(found.values()).containsEntry("width", 50).containsEntry("height", 40);
      assertThat(found.lines()).hasSizeLessThanOrEqualTo(3).isEqualTo(same.lines());
      BufferedImage drawn = found.drawn();
      assertThat(drawn.getWidth()).isEqualTo(50);
      assertThat(drawn.getHeight()).isEqualTo(40);
    }
  }

  @Test
  void numbers_from_0_to_1_can_go_in_and_maps_come_out() {
    ExportOptions options =
        ExportOptions.defaults().input(ExportOptions.Input.FLOAT32).taps(List.of("stage2"));

    List<Fact> facts = exported(options, "unit");

    assertThat(facts).extracting(Fact::name).contains("classes", "verified", "speed");
    assertThatThrownBy(() -> exported(ExportOptions.defaults().taps(List.of("stage9")), "none"))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("'stage9'");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void weights_in_half_precision_take_about_half_the_room() throws IOException {
    exported(ExportOptions.defaults(), "single");

    List<Fact> facts = exported(ExportOptions.defaults().precision(Precision.HALF), "half");

    double share =
        (double) Files.size(folder.resolve("half/saved_model.pb"))
            / Files.size(folder.resolve("single/saved_model.pb"));
    assertThat(share).isBetween(0.4, 0.9); // the operations take no less, the kernels half
    assertThat(facts).extracting(Fact::name).contains("half");
  }

  @Test
  void a_detector_is_rounded_with_its_proposals_and_its_head() throws IOException {
    String rounded =
        STUDENT.replace(
            "  tap: stage3",
            "  tap: stage3\n  quantization: {weights: 8}\n  head: stage\n"
                + "  frozen-batch-norm: true");
    Path file = Files.writeString(folder.resolve("rounded.yaml"), DATA + ALONE + rounded);
    RunPlan plan = plan(file);

    trainer.train(plan, TrainingListener.SILENT);
    Path export = folder.resolve("rounded");
    task.export(
        new TrainedRun(plan.folder(), plan.config(), Checkpoints.Which.LAST),
        new ExportRequest(ExportOptions.defaults(), export, false, folder.resolve("runs")));

    List<QuantizedTensor> tensors = QuantizedTensors.of(SavedModelFile.graph(export).getGraphDef());
    // The stem, three stages of two convolutions before the cut and two shortcuts, the proposals'
    // convolution; two convolutions and a shortcut of the stage that is the head.
    assertThat(tensors).filteredOn(QuantizedTensor::signed).hasSize(1 + 6 + 2 + 1 + 3);
    assertThat(tensors)
        .extracting(QuantizedTensor::output)
        .anyMatch(name -> name.endsWith("rpn.conv.weight.quantized"))
        .anyMatch(name -> name.endsWith("layer4.0.conv1.weight.folded.quantized"));
    assertThat(tensors).allSatisfy(tensor -> assertThat(tensor.bits()).isEqualTo(8));
    // Every range has seen a batch.
    assertThat(tensors).allSatisfy(tensor -> assertThat(tensor.scales()[0]).isGreaterThan(1e-5f));
  }

  @Test
  void the_key_belongs_to_the_detector_and_not_to_its_backbone() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("backbone.yaml"),
            DATA + ALONE + STUDENT.replace("width: 8}", "width: 8, quantization: {weights: 8}}"));

    assertThatThrownBy(() -> reader.read(file, Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("student.backbone.quantization: is a key of the student");
  }

  @Test
  void weights_of_a_detector_are_held_at_zero_by_magnitude_and_not_by_curvature()
      throws IOException {
    String masked = "  tap: stage3\n  mask: {criterion: magnitude, sparsity: 0.6, scope: layer}";
    Path file =
        Files.writeString(
            folder.resolve("masked.yaml"), DATA + ALONE + STUDENT.replace("  tap: stage3", masked));
    Path curved =
        Files.writeString(
            folder.resolve("curved.yaml"),
            DATA + ALONE + STUDENT.replace("  tap: stage3", masked.replace("magnitude", "obd")));
    Path backbone =
        Files.writeString(
            folder.resolve("masked-backbone.yaml"),
            DATA + ALONE + STUDENT.replace("width: 8}", "width: 8, mask: {criterion: obd}}"));
    RunPlan plan = plan(file);
    RunPlan refused = plan(curved);

    trainer.train(plan, TrainingListener.SILENT);

    Map<String, Checkpoint.Saved> values =
        Checkpoints.of(plan.folder()).read(Checkpoints.Which.LAST).orElseThrow().values();
    List<String> masks = values.keySet().stream().filter(path -> path.startsWith("mask/")).toList();
    assertThat(masks).anyMatch(path -> path.endsWith("rpn.conv.weight")).hasSizeGreaterThan(9);
    for (String mask : masks) {
      Checkpoint.Saved weight = values.get(mask.replace("mask/", "student/"));
      assertThat(weight).as(mask).isNotNull();
      if (weight != null) {
        int zeros = 0;
        for (float number : weight.numbers()) {
          zeros += number == 0 ? 1 : 0;
        }
        assertThat(zeros).as(mask).isEqualTo(Math.round(0.6f * weight.numbers().length));
      }
    }
    assertThatThrownBy(() -> trainer.train(refused, TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "student.mask.criterion: obd needs the second derivatives of the cross-entropy of whole"
                + " pictures, and this task has another loss; fix: a criterion that reads the"
                + " weights alone, such as magnitude");
    assertThatThrownBy(() -> reader.read(backbone, Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "student.backbone.mask: is a key of the student, not of a network within it; fix:"
                + " student: {mask: ...}, which masks all of it; mask.skip leaves layers out");
  }

  @Test
  void a_detector_of_signs_is_refused_as_a_whole_and_in_its_backbone() throws IOException {
    Path whole =
        Files.writeString(
            folder.resolve("signs.yaml"),
            DATA + ALONE + STUDENT.replace("  tap: stage3", "  tap: stage3\n  binary: xnor"));
    RunPlan plan = plan(whole);
    Path backbone =
        Files.writeString(
            folder.resolve("signs-backbone.yaml"),
            DATA + ALONE + STUDENT.replace("width: 8}", "width: 8, binary: xnor}"));

    assertThatThrownBy(() -> trainer.train(plan, TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "student.binary: detectors do not compute with signs; allowed: networks on whole"
                + " pictures, such as resnet-20; fix: leave it out, or use quantization");
    assertThat(plan.folder()).doesNotExist();
    assertThatThrownBy(() -> reader.read(backbone, Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "student.backbone.binary: is a key of the student, not of a network within it; fix:"
                + " leave it out");
  }

  @Test
  void the_first_pictures_can_be_drawn_with_their_boxes() throws IOException {
    Path sheet = folder.resolve("sheet.png");

    task.drawSheet(taught.config().data(), sheet);

    assertThat(sheet).isNotEmptyFile();
  }

  /** A run that is taught by a classifier, all of whose weights are first values times a factor. */
  private RunPlan taughtBy(String name, float factor, String keys) throws IOException {
    ImageShape shape = new ImageShape(64, 96, 3);
    Network network =
        new ImageNetResNetProvider().create(new ImageNetResNetProvider.Options(10, 8), shape, 2);
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    try (ImageGraph graph = new ImageGraph(shape)) {
      Variables variables = new Variables(graph.tf(), "teacher", 1);
      network.build(
          Layers.evaluation(graph.tf(), variables),
          graph.normalised(graph.tf(), SmallDetectors.NORMALIZATION));
      graph.initialize(variables.all());
      Weights.read(name, graph, variables)
          .arrays()
          .forEach(
              (array, of) -> {
                float[] values = of.values();
                for (int i = 0; i < values.length; i++) {
                  values[i] *= factor;
                }
                arrays.put(array, new Weights.Array(of.shape(), values));
              });
    }
    NpzFile.write(new Weights(name, arrays), folder.resolve(name + ".npz"));
    return plan(
        file(
            name + ".yaml",
            "teacher: {network: imagenet-resnet-10, width: 8, weights: "
                + folder.resolve(name + ".npz")
                + keys
                + "}\n",
            NST.formatted("")));
  }

  @Test
  void a_teacher_whose_maps_are_no_numbers_is_told_before_the_training() throws IOException {
    RunPlan overflowing = taughtBy("overflowing", 1e10f, "");
    RunPlan diverged = taughtBy("diverged", Float.NaN, "");

    assertThatThrownBy(() -> trainer.train(overflowing, TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("teacher: imagenet-resnet-10 from ")
        .hasMessageContaining(": its activations at stage3 hold ")
        .hasMessageContaining(" values that are NaN or infinite, of ")
        .hasMessageContaining(" pictures; allowed: finite numbers. Are its weights");
    assertThatThrownBy(() -> trainer.train(diverged, TrainingListener.SILENT))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("diverged.npz: weights that are NaN, infinite or beyond float32: ");
    assertThat(overflowing.folder()).doesNotExist();
    assertThat(diverged.folder()).doesNotExist();
  }

  @Test
  void what_logits_are_cannot_be_said_of_a_teacher_without_logits() throws IOException {
    RunPlan plan = taughtBy("probabilities", 1, ", logits-are: probabilities");

    assertThatThrownBy(() -> trainer.train(plan, TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("teacher.logits-are: imagenet-resnet-10 from ")
        .hasMessageEndingWith(" gives no logits of whole pictures; fix: leave it out");
  }
}
