package org.kt4j.detection.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.api.FilterCriterion;
import org.kt4j.api.FilterSurvey;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.PruneConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.prune.StudentPruning;
import org.kt4j.engine.task.PrunableNetwork;
import org.kt4j.engine.task.PruneSource;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** Detectors without some of their filters, and what criteria are told of them. */
class PrunedDetectorTest {

  private static final String RESNET_10 = "{network: imagenet-resnet-10, width: 4}, tap: stage3";
  private static final String VGG_11 =
      "{network: vgg-11, widths: {features.0: 4, features.4: 4, features.8: 6, features.11: 6,"
          + " features.15: 8, features.18: 8, features.22: 8, features.25: 8}}, tap: stage4";
  private static final String RESNET_8 = "{network: resnet-8, width: 4}, tap: stage2";

  private static final Injector INJECTOR = Guice.createInjector(KtModule.fromClassPath());

  /** A detector with random weights, normalisations with offsets and statistics included. */
  private static PrunableNetwork detector(
      String backbone, String head, UnaryOperator<Map<String, float[]>> change) {
    ExperimentConfig config =
        INJECTOR
            .getInstance(ExperimentReader.class)
            .parse(
                "test",
                """
                data: {name: shapes-detection, train: 36, held-out: 4, test: 4, height: 64, width: 64}
                student: {network: faster-rcnn, backbone: %s, height: 64, width: 64, head: %s,
                  anchor-scales: [24], rpn-channels: 6, head-units: 12, candidates: 40,
                  proposals: 12, sampled-regions: 8, sampled-anchors: 32, pool-size: 7}
                phases: [{name: detect, epochs: 1, objective: [{preset: faster-rcnn}]}]
                """
                    .formatted(backbone, head));
    DetectionTask task = INJECTOR.getInstance(DetectionTask.class);
    Map<Variable, float[]> values = new LinkedHashMap<>();
    try (PrunableNetwork detector =
            task.prunable(config, source(config, new Weights("none", Map.of())));
        ImageGraph graph = new ImageGraph(detector.shape())) {
      Variables variables = new Variables(graph.tf(), "random", 0);
      detector.build(graph, variables, detector.widths());
      variables.all().forEach(variable -> values.put(variable, random(variable)));
    }
    Map<String, float[]> byName = new LinkedHashMap<>();
    values.forEach((variable, numbers) -> byName.put(variable.name(), numbers));
    Map<String, float[]> changed = change.apply(byName);
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    values.forEach(
        (variable, numbers) ->
            arrays.put(
                variable.name(),
                Weights.Array.ofTensorFlow(
                    variable.kind(),
                    variable.shape(),
                    changed.getOrDefault(variable.name(), numbers))));
    return task.prunable(config, source(config, new Weights("random", arrays)));
  }

  private static PruneSource source(ExperimentConfig config, Weights weights) {
    return new PruneSource("a detector", config.student().inFloats(), null, () -> weights);
  }

  private static float[] random(Variable variable) {
    Random random = new Random(variable.name().hashCode());
    float[] numbers = new float[Math.toIntExact(variable.shape().size())];
    int axes = variable.shape().numDimensions();
    boolean isPositive = axes == 1 && variable.name().matches(".*[.](running_var|weight)");
    double inputs = axes == 1 ? 8 : (double) numbers.length / variable.shape().get(axes - 1);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] =
          isPositive
              ? 0.5f + random.nextFloat()
              : (float) (Math.sqrt(2 / inputs) * random.nextGaussian());
    }
    return numbers;
  }

  /** Scores by place, the same for all layers of one width. */
  private static double[] scores(int filters) {
    return new Random(filters).doubles(filters).toArray();
  }

  private static FilterCriterion criterion(BiFunction<String, Integer, double[]> scores) {
    return survey -> scores.apply(survey.layer(), survey.filters());
  }

  private static StudentPruning.Pruned pruned(
      PrunableNetwork detector, FilterCriterion criterion, PruneConfig.Keys keys) {
    return ServiceLoader.load(StudentPruning.class)
        .findFirst()
        .orElseThrow()
        .prune(
            detector,
            criterion,
            new PruneConfig("own", keys, keys),
            detector.widths(),
            1,
            progress -> {});
  }

  private static PruneConfig.Keys keys(Map<String, Double> keep, boolean tied, boolean fitted) {
    return new PruneConfig.Keys(
        "run", new PruneConfig.Keep(keep), List.of(), 1, null, null, tied, fitted, 36, 1, 1, false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // All of the backbone, what is added to each other, too.
        RESNET_10 + "| dense | true | 10",
        RESNET_10 + "| stage | true | 13",
        // The map itself is that of single filters; the last two layers are the head's.
        VGG_11 + "| dense | false | 7",
        VGG_11 + "| stage | false | 9",
        // Zeros of a shortcut on both sides of what regions are cut out of.
        RESNET_8 + "| stage | false | 4"
      })
  void a_pruned_detector_answers_as_the_masked_one(
      String backbone, String head, boolean tied, int layers) {
    try (PrunableNetwork detector = detector(backbone, head, UnaryOperator.identity())) {
      StudentPruning.Pruned pruned =
          pruned(
              detector,
              criterion((layer, filters) -> scores(filters)),
              keys(Map.of("all", 0.5), tied, false));

      List<StudentPruning.Layer> narrower =
          pruned.layers().stream()
              .filter(layer -> layer.filtersAfter() < layer.filtersBefore())
              .toList();
      assertThat(narrower)
          .hasSize(layers)
          .extracting(StudentPruning.Layer::name)
          .contains("rpn.conv");
      assertThat(pruned.after().flops())
          .isEqualTo(pruned.layers().stream().mapToLong(StudentPruning.Layer::flopsAfter).sum());
      Map<String, float[]> masked = values(detector, detector.widths(), detector.weights());
      for (StudentPruning.Layer layer : narrower) {
        assertThat(layer.filtersAfter()).isEqualTo(layer.filtersBefore() / 2);
        mask(masked, layer);
      }
      List<float[]> whole = answers(detector, detector.widths(), masked, null);
      List<float[]> left =
          answers(
              detector,
              pruned.widths(),
              values(detector, pruned.widths(), pruned.weights()),
              whole.get(whole.size() - 1));
      requireSame(left, whole.subList(0, left.size()), 2e-5);
    }
  }

  /** Lets the outputs of the filters with the smallest scores be 0 everywhere. */
  private static void mask(Map<String, float[]> values, StudentPruning.Layer layer) {
    int filters = layer.filtersBefore();
    double[] scores = scores(filters);
    double[] sorted = Arrays.stream(scores).sorted().toArray();
    Set<Integer> removed = new HashSet<>();
    for (int f = 0; f < filters; f++) {
      if (scores[f] < sorted[filters - layer.filtersAfter()]) {
        removed.add(f);
      }
    }
    assertThat(removed).hasSize(filters - layer.filtersAfter());
    for (String name : masked(layer.name())) {
      float[] numbers = values.get(name);
      for (int i = 0; numbers != null && i < numbers.length; i++) {
        if (removed.contains(i % filters)) {
          numbers[i] = 0;
        }
      }
    }
  }

  /** Weights and bias of a convolution, scale and offset of the normalisation behind it. */
  private static List<String> masked(String layer) {
    List<String> names = new ArrayList<>(List.of(layer + ".weight", layer + ".bias"));
    if (!layer.startsWith("rpn")) {
      // conv1 and bn1, or two numbers that follow each other.
      int last = layer.lastIndexOf('.') + 1;
      String behind =
          layer.contains("conv")
              ? layer.replace("conv", "bn")
              : layer.substring(0, last) + (Integer.parseInt(layer.substring(last)) + 1);
      names.addAll(List.of(behind + ".weight", behind + ".bias"));
    }
    return names;
  }

  private static Map<String, float[]> values(
      PrunableNetwork detector, Map<String, Integer> widths, Weights weights) {
    try (ImageGraph graph = new ImageGraph(detector.shape())) {
      Variables variables = new Variables(graph.tf(), "read", 0);
      detector.build(graph, variables, widths);
      Map<String, float[]> values = new LinkedHashMap<>();
      weights
          .of(variables)
          .forEach((variable, numbers) -> values.put(variable.name(), numbers.clone()));
      return values;
    }
  }

  /**
   * What a detector gives for some pictures: of the proposals logits and offsets, of regions the
   * same, and the regions where they are its own.
   *
   * @param regions that it looks at; null for its own
   */
  private static List<float[]> answers(
      PrunableNetwork detector,
      Map<String, Integer> widths,
      Map<String, float[]> values,
      float @Nullable [] regions) {
    int size = 3;
    try (ImageGraph graph = new ImageGraph(detector.shape())) {
      Variables variables = new Variables(graph.tf(), "answers", 0);
      PrunableNetwork.Built built = detector.build(graph, variables, widths);
      Map<Variable, float[]> assigned = new LinkedHashMap<>();
      variables.all().forEach(variable -> assigned.put(variable, values.get(variable.name())));
      graph.assign(assigned);
      int bytes = detector.shape().bytes();
      byte[] pixels = new byte[size * bytes];
      for (int i = 0; i < size; i++) {
        detector.training().copyImage(i, pixels, i * bytes);
      }
      List<Operand<TFloat32>> fetched = new ArrayList<>(built.outputs());
      PrunableNetwork.Regions seen = Objects.requireNonNull(built.regions());
      if (regions == null) {
        fetched.add(seen.boxes());
      }
      ImageGraph.Feed objects = detector.feed(IntStream.range(0, size).toArray());
      ImageGraph.Feed feed =
          (runner, fed) -> {
            List<Tensor> opened = new ArrayList<>(objects.into(runner, fed));
            if (regions != null) {
              TFloat32 boxes =
                  TFloat32.tensorOf(Shape.of(size, seen.count(), 4), DataBuffers.of(regions));
              runner.feed(seen.boxes(), boxes);
              opened.add(boxes);
            }
            return opened;
          };
      return graph.run(pixels, size, feed, fetched);
    }
  }

  private static void requireSame(List<float[]> found, List<float[]> expected, double tolerance) {
    assertThat(found).hasSameSizeAs(expected);
    for (int o = 0; o < expected.size(); o++) {
      assertThat(difference(found.get(o), expected.get(o))).isLessThan(tolerance);
    }
  }

  /** The largest difference, as a share of the largest number. */
  private static double difference(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(found[i] - expected[i]));
    }
    assertThat(largest).isPositive();
    return difference / largest;
  }

  @Test
  void attributions_of_a_head_are_means_over_all_regions_of_what_the_loss_loses() {
    Map<String, double[]> found = new LinkedHashMap<>();
    FilterCriterion taylor =
        new FilterCriterion() {
          @Override
          public Set<Need> needs() {
            return Set.of(Need.ATTRIBUTIONS);
          }

          @Override
          public double[] scores(FilterSurvey survey) {
            found.put(survey.layer(), survey.attributions());
            return PrunedDetectorTest.scores(survey.filters());
          }
        };
    try (PrunableNetwork detector = detector(RESNET_10, "stage", UnaryOperator.identity())) {
      pruned(detector, taylor, keys(Map.of("all", 0.5), false, false));

      assertThat(found.keySet())
          .containsExactly(
              "layer1.0.conv1", "layer2.0.conv1", "layer3.0.conv1", "rpn.conv", "layer4.0.conv1");
      double[] expected = lost(detector, "layer4.0.bn1", 3);
      double[] ofHead = Objects.requireNonNull(found.get("layer4.0.conv1"));
      for (int f = 0; f < expected.length; f++) {
        assertThat(ofHead[f]).isCloseTo(expected[f], within(0.03 * expected[f] + 1e-6));
      }
    }
  }

  /**
   * d/ds of the loss at s = 1, where s scales one of the first filters' outputs of the head's first
   * convolution: the sum of activation times gradient over 8 regions of 4 x 4 positions (7 bins
   * with a stride of 2). Proposals do not depend on it.
   */
  private static double[] lost(PrunableNetwork detector, String normalisation, int filters) {
    double[] expected = new double[filters];
    double step = 1e-2;
    int size = detector.training().size();
    try (ImageGraph graph = new ImageGraph(detector.shape())) {
      Variables variables = new Variables(graph.tf(), "lost", 0);
      PrunableNetwork.Built built = detector.build(graph, variables, detector.widths());
      Operand<TFloat32> loss = Objects.requireNonNull(built.losses());
      Map<Variable, float[]> values = detector.weights().of(variables);
      graph.assign(values);
      for (int f = 0; f < filters; f++) {
        double[][] losses = new double[2][size];
        for (int side = 0; side < 2; side++) {
          Map<Variable, float[]> scaled = new LinkedHashMap<>();
          for (Map.Entry<Variable, float[]> entry : values.entrySet()) {
            String name = entry.getKey().name();
            if (name.equals(normalisation + ".weight") || name.equals(normalisation + ".bias")) {
              float[] numbers = entry.getValue().clone();
              numbers[f] *= (float) (side == 0 ? 1 - step : 1 + step);
              scaled.put(entry.getKey(), numbers);
            }
          }
          assertThat(scaled).hasSize(2);
          graph.assign(scaled);
          for (int p = 0; p < size; p++) {
            byte[] pixels = new byte[detector.shape().bytes()];
            detector.training().copyImage(p, pixels, 0);
            losses[side][p] =
                graph.run(pixels, 1, detector.feed(new int[] {p}), List.of(loss)).get(0)[0];
          }
          scaled.replaceAll((variable, numbers) -> values.get(variable));
          graph.assign(scaled);
        }
        for (int p = 0; p < size; p++) {
          expected[f] += Math.abs((losses[1][p] - losses[0][p]) / (2 * step)) / (8 * 16) / size;
        }
      }
    }
    return expected;
  }

  @Test
  void least_squares_repair_a_head_at_the_regions_of_the_whole_detector() {
    // The first two of 16 filters are alike, so that nothing has to be lost without the second.
    UnaryOperator<Map<String, float[]>> alike =
        values -> {
          for (String name :
              List.of("conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean")) {
            twice(values, "layer4.0." + name);
          }
          twice(values, "layer4.0.bn1.running_var");
          return values;
        };
    String small = "{network: imagenet-resnet-10, width: 2}, tap: stage3";
    FilterCriterion second =
        criterion(
            (layer, filters) ->
                IntStream.range(0, filters).mapToDouble(f -> f == 1 ? 0 : 1).toArray());
    Map<String, Double> keep = Map.of("layer4.0.conv1", 15.0 / 16);
    try (PrunableNetwork detector = detector(small, "stage", alike)) {
      List<float[]> whole =
          answers(
              detector,
              detector.widths(),
              values(detector, detector.widths(), detector.weights()),
              null);
      double[] lost = new double[2];
      for (boolean fitted : new boolean[] {false, true}) {
        StudentPruning.Pruned pruned = pruned(detector, second, keys(keep, false, fitted));
        assertThat(pruned.widths()).containsEntry("layer4.0.conv1", 15);
        List<float[]> left =
            answers(
                detector,
                pruned.widths(),
                values(detector, pruned.widths(), pruned.weights()),
                whole.get(whole.size() - 1));
        lost[fitted ? 1 : 0] = difference(left.get(2), whole.get(2));
      }

      assertThat(lost[0]).isGreaterThan(0.02);
      // What is left is that of the ridge.
      assertThat(lost[1]).isLessThan(lost[0] / 10);
    }
  }

  /** Gives the second filter, or channel, of 16 the numbers of the first. */
  private static void twice(Map<String, float[]> values, String name) {
    float[] numbers = Objects.requireNonNull(values.get(name), name);
    for (int i = 0; i < numbers.length; i += 16) {
      numbers[i + 1] = numbers[i];
    }
  }
}
