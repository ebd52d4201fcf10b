package org.kt4j.detection.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kt4j.api.Adapt;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.LayerSelection;
import org.kt4j.data.ImageShape;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.graph.FasterRcnnOptions;
import org.kt4j.detection.graph.FasterRcnnOptions.Head;
import org.kt4j.detection.objective.DetectorLossProvider;
import org.kt4j.detection.objective.RegionBoxProvider;
import org.kt4j.detection.objective.RegionClassProvider;
import org.kt4j.detection.objective.RpnBoxProvider;
import org.kt4j.detection.objective.RpnObjectnessProvider;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.network.ImageNetResNetProvider;
import org.kt4j.engine.objective.TeacherTerm;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.replica.Replication;
import org.kt4j.engine.run.TermGradients;
import org.kt4j.engine.source.StartingPoint;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.engine.step.StepReport;
import org.kt4j.engine.step.Tuning;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.features.CwdOptions;
import org.kt4j.features.CwdProvider;
import org.kt4j.features.MgdOptions;
import org.kt4j.features.MgdProvider;
import org.kt4j.features.PkdOptions;
import org.kt4j.features.PkdProvider;
import org.kt4j.kd.DistOptions;
import org.kt4j.kd.DistProvider;
import org.kt4j.kd.DkdOptions;
import org.kt4j.kd.DkdProvider;
import org.kt4j.kd.KdOptions;
import org.kt4j.kd.KdProvider;
import org.kt4j.kd.WsldOptions;
import org.kt4j.kd.WsldProvider;
import org.kt4j.nst.NstOptions;
import org.kt4j.nst.NstProvider;
import org.kt4j.relations.CrdOptions;
import org.kt4j.relations.CrdProvider;
import org.kt4j.relations.PktOptions;
import org.kt4j.relations.PktProvider;

class DetectionGraphTest {

  private static final double RATE = 0.1;

  private static Term term(DetectorLossProvider provider, double weight) {
    return new Term(provider.name(), weight, provider.create(provider.defaults()));
  }

  private static List<Term> ownLosses() {
    return List.of(
        term(new RpnObjectnessProvider(), 1),
        term(new RpnBoxProvider(), 1),
        term(new RegionClassProvider(), 1),
        term(new RegionBoxProvider(), 1));
  }

  private static DetectionGraph graph(
      FasterRcnn detector, Map<String, Teacher> teachers, List<Term> terms) {
    return new DetectionGraph(
        detector, new DistillationStep.Blueprint(teachers, terms, SmallDetectors.descent(), 2), 1);
  }

  private static DetectionGraph tuned(FasterRcnn detector, Tuning tuning) {
    return new DetectionGraph(
        detector,
        new DistillationStep.Blueprint(
            Map.of(),
            ownLosses(),
            SmallDetectors.descent(),
            0,
            2,
            1,
            null,
            tuning,
            Replication.ALONE),
        1);
  }

  private static Set<String> changed(Map<String, float[]> before, Map<String, float[]> after) {
    Set<String> changed = new TreeSet<>();
    before.forEach(
        (name, numbers) -> {
          if (!Arrays.equals(numbers, after.get(name))) {
            changed.add(name);
          }
        });
    return changed;
  }

  private static Set<String> names(DetectionGraph graph, Predicate<Variable> wanted) {
    return graph.distillation().student().all().stream()
        .filter(wanted)
        .map(Variable::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The variables that one step changes. */
  private static Set<String> moved(DetectionGraph graph) {
    Collection<Variable> variables = graph.distillation().student().all();
    Map<String, float[]> before = SmallDetectors.values(graph.graph(), variables);
    StepReport report = graph.step(SmallDetectors.batch(), RATE, 0);
    assertThat(report.objective()).isFinite();
    return changed(before, SmallDetectors.values(graph.graph(), variables));
  }

  private static boolean isStatistic(Variable variable) {
    return variable.kind() == Variable.Kind.RUNNING_STATISTIC;
  }

  @Test
  void the_parts_of_a_detector_are_the_stages_of_its_backbone_and_the_layers_that_predict() {
    for (Head head : Head.values()) {
      FasterRcnn detector = SmallDetectors.of(SmallDetectors.options(8, head, false));
      try (DetectionGraph graph = graph(detector, Map.of(), ownLosses())) {
        Map<String, Set<Variable>> parts = graph.distillation().student().parts();

        assertThat(layers(parts, "stem")).containsExactly("conv1", "bn1");
        assertThat(layers(parts, "stage3")).startsWith("layer3.0.conv1");
        assertThat(layers(parts, "head"))
            .containsExactly("box_predictor.cls_score", "box_predictor.bbox_pred");
        // A head that is a stage of the backbone belongs to it; proposals do not.
        assertThat(layers(parts, "backbone"))
            .startsWith("conv1")
            .last()
            .asString()
            .startsWith(head == Head.STAGE ? "layer4" : "layer3");
        assertThat(parts.containsKey("stage4")).isEqualTo(head == Head.STAGE);
      }
    }
  }

  private static List<String> layers(Map<String, Set<Variable>> parts, String name) {
    return parts.getOrDefault(name, Set.of()).stream().map(Variable::layer).distinct().toList();
  }

  @Test
  void frozen_stages_of_a_backbone_keep_every_number() {
    FasterRcnn detector = SmallDetectors.of(SmallDetectors.options(8, Head.DENSE, false));
    Set<String> frozen;
    try (DetectionGraph graph = graph(detector, Map.of(), ownLosses())) {
      frozen = names(graph, variable -> variable.name().matches("(conv1|bn1|layer[12])\\..*"));
    }

    try (DetectionGraph graph = tuned(detector, new Tuning(frozen, Map.of()))) {
      Set<String> moved = moved(graph);

      assertThat(frozen).contains("bn1.running_mean", "layer2.0.conv2.weight");
      assertThat(moved).isEqualTo(names(graph, variable -> !frozen.contains(variable.name())));
    }
  }

  @Test
  void a_detector_of_other_classes_begins_with_everything_but_the_layers_that_predict() {
    FasterRcnnOptions options = SmallDetectors.options(8, Head.DENSE, false);
    FasterRcnn other =
        new FasterRcnn(
            new ImageNetResNetProvider()
                .create(new ImageNetResNetProvider.Options(10, 8), new ImageShape(64, 96, 3), 2),
            options,
            SmallDetectors.NORMALIZATION,
            7);
    Weights weights = SmallDetectors.weights(other, 3);
    StartingPoint start = new StartingPoint("other", null, List.of(), true, () -> weights);

    try (DetectionGraph graph = graph(SmallDetectors.of(options), Map.of(), ownLosses())) {
      StartingPoint.Begun begun = start.of(graph.distillation().student());

      assertThat(begun.head())
          .isEqualTo(
              "head begun fresh: 7 classes in other, 2 here (box_predictor.cls_score,"
                  + " box_predictor.bbox_pred)");
      assertThat(begun.values().keySet().stream().map(Variable::name).collect(Collectors.toSet()))
          .isEqualTo(names(graph, variable -> !variable.name().startsWith("box_predictor")));
    }
  }

  @Test
  void what_regions_hold_teaches_the_backbone_down_to_its_first_convolution_and_no_proposals() {
    FasterRcnn detector = SmallDetectors.of(SmallDetectors.options(8, Head.DENSE, false));
    try (DetectionGraph graph =
        graph(
            detector,
            Map.of(),
            List.of(
                term(new RegionClassProvider(), 1),
                term(new RpnObjectnessProvider(), 0),
                term(new RpnBoxProvider(), 0)))) {

      Set<String> moved = moved(graph);

      // Nothing flows back through the boxes of the regions, and what is weighed by 0 does not
      // count.
      assertThat(moved)
          .contains("conv1.weight", "box_predictor.cls_score.weight")
          .isEqualTo(
              names(
                  graph,
                  variable ->
                      !variable.name().startsWith("rpn.")
                          && !variable.name().startsWith("box_predictor.bbox_pred")));
    }
  }

  @Test
  void a_step_with_nst_and_kd_moves_everything_of_the_student_and_nothing_of_the_teacher() {
    FasterRcnn detector = SmallDetectors.of(SmallDetectors.options(8, Head.DENSE, false));
    List<Term> terms = new ArrayList<>(ownLosses());
    terms.add(
        new Term(
            "nst",
            1,
            new NstProvider()
                .create(NstOptions.defaults().on(LayerSelection.of(Map.of("stage3", "stage3"))))));
    terms.add(new Term("kd", 1, new KdProvider().create(KdOptions.defaults())));
    try (DetectionGraph graph = graph(detector, anotherDetector(), terms)) {
      List<Variable> frozen = graph.distillation().frozen();
      Map<String, float[]> taught = SmallDetectors.values(graph.graph(), frozen);

      Set<String> moved = moved(graph);

      assertThat(moved).isEqualTo(names(graph, variable -> true));
      assertThat(frozen).hasSizeGreaterThan(20);
      assertThat(changed(taught, SmallDetectors.values(graph.graph(), frozen))).isEmpty();
    }
  }

  private static Term term(KnowledgeTransferProvider<?> provider, KnowledgeTransfer method) {
    return new Term(provider.name(), 1, method);
  }

  private static Map<String, Teacher> anotherDetector() {
    FasterRcnn teacher = SmallDetectors.of(SmallDetectors.options(16, Head.DENSE, false));
    return Map.of(
        TeacherTerm.ONLY_TEACHER,
        new DetectorTeacher(
            "another seed",
            teacher,
            SmallDetectors.NORMALIZATION,
            () -> SmallDetectors.weights(teacher, 7)));
  }

  @Test
  void methods_on_maps_move_the_backbone_alone_and_nothing_of_the_teacher() {
    LayerSelection layers = LayerSelection.of(Map.of("stage3", "stage3"));
    FasterRcnn detector = SmallDetectors.of(SmallDetectors.options(8, Head.DENSE, false));
    List<Term> terms =
        List.of(
            term(
                new CwdProvider(), new CwdProvider().create(new CwdOptions(1, Adapt.AUTO, layers))),
            term(new PkdProvider(), new PkdProvider().create(new PkdOptions(Adapt.AUTO, layers))),
            term(
                new MgdProvider(),
                new MgdProvider()
                    .create(new MgdOptions(MgdOptions.Mask.POSITIONS, 0.5, Adapt.AUTO, layers))),
            term(new PktProvider(), new PktProvider().create(new PktOptions(layers.layers()))),
            term(
                new CrdProvider(),
                new CrdProvider().create(new CrdOptions(8, 2, 0.1, 0.5, true, layers.layers()))));
    try (DetectionGraph graph = graph(detector, anotherDetector(), terms)) {
      List<Variable> frozen = graph.distillation().frozen();
      Map<String, float[]> taught = SmallDetectors.values(graph.graph(), frozen);

      TermGradients gradients = graph.gradients(SmallDetectors.batch(), 0);
      Set<String> moved = moved(graph);

      assertThat(gradients.norms()).hasSize(5);
      assertThat(gradients.norms().values()).allMatch(norm -> norm > 0 && Double.isFinite(norm));
      assertThat(moved)
          .contains("conv1.weight", "layer3.0.conv2.weight")
          .isEqualTo(
              names(
                  graph,
                  variable ->
                      !variable.name().startsWith("rpn.") && !variable.name().startsWith("box_")));
      assertThat(frozen).hasSizeGreaterThan(20);
      assertThat(changed(taught, SmallDetectors.values(graph.graph(), frozen))).isEmpty();
    }
  }

  @Test
  void methods_on_logits_teach_what_regions_hold_with_the_classes_of_the_regions() {
    FasterRcnn detector = SmallDetectors.of(SmallDetectors.options(8, Head.DENSE, false));
    List<Term> terms =
        List.of(
            term(new DkdProvider(), new DkdProvider().create(DkdOptions.defaults())),
            term(new DistProvider(), new DistProvider().create(DistOptions.defaults())),
            term(new WsldProvider(), new WsldProvider().create(WsldOptions.defaults())));
    try (DetectionGraph graph = graph(detector, anotherDetector(), terms)) {

      TermGradients gradients = graph.gradients(SmallDetectors.batch(), 0);
      Set<String> moved = moved(graph);

      assertThat(gradients.norms()).hasSize(3);
      assertThat(gradients.norms().values()).allMatch(norm -> norm > 0 && Double.isFinite(norm));
      assertThat(moved).contains("conv1.weight", "box_predictor.cls_score.weight");
    }
  }

  @Test
  void the_losses_of_a_detector_have_gradients_of_their_own() {
    FasterRcnn detector = SmallDetectors.of(SmallDetectors.options(8, Head.DENSE, false));
    try (DetectionGraph graph = graph(detector, Map.of(), ownLosses())) {

      TermGradients gradients = graph.gradients(SmallDetectors.batch(), 0);

      assertThat(gradients.norms()).hasSize(4);
      assertThat(gradients.norms().values()).allMatch(norm -> norm > 0 && norm < 1e4);
      assertThat(gradients.cosines()).hasSize(3);
    }
  }

  @ParameterizedTest
  @EnumSource(Head.class)
  void frozen_batch_normalisations_of_the_backbone_stay_as_they_are(Head head) {
    FasterRcnn detector = SmallDetectors.of(SmallDetectors.options(8, head, true));
    try (DetectionGraph graph = graph(detector, Map.of(), ownLosses())) {

      Set<String> moved = moved(graph);

      assertThat(moved)
          .isEqualTo(
              names(
                  graph,
                  variable ->
                      !isStatistic(variable) && variable.kind() != Variable.Kind.NORMALISATION));
    }
  }

  @Test
  void a_stage_as_the_head_is_the_rest_of_the_backbone_without_its_last_layer() {
    FasterRcnn detector = SmallDetectors.of(SmallDetectors.options(8, Head.STAGE, false));
    try (DetectionGraph graph = graph(detector, Map.of(), ownLosses())) {

      Set<String> moved = moved(graph);

      assertThat(moved)
          .contains("layer4.0.conv1.weight", "layer4.0.bn1.running_mean")
          .noneMatch(name -> name.startsWith("fc."))
          .noneMatch(name -> name.startsWith("box_head."))
          .isEqualTo(names(graph, variable -> true));
    }
  }

  /**
   * With a stage as the head the backbone is built twice, and what lies before the tap counts once:
   * its statistics move as they do with a dense head, whose backbone is built once.
   */
  @Test
  void running_statistics_before_the_tap_are_updated_once_only() {
    Map<Head, Map<String, float[]>> statistics = new EnumMap<>(Head.class);
    for (Head head : Head.values()) {
      FasterRcnn detector = SmallDetectors.of(SmallDetectors.options(8, head, false));
      try (DetectionGraph graph = graph(detector, Map.of(), ownLosses())) {
        graph.step(SmallDetectors.batch(), RATE, 0);
        statistics.put(
            head,
            SmallDetectors.values(
                graph.graph(),
                graph.distillation().student().all().stream()
                    .filter(DetectionGraphTest::isStatistic)
                    .filter(variable -> !variable.name().startsWith("layer4"))
                    .toList()));
      }
    }

    Map<String, float[]> once = statistics.getOrDefault(Head.DENSE, Map.of());
    Map<String, float[]> twice = statistics.getOrDefault(Head.STAGE, Map.of());
    assertThat(twice.keySet()).isEqualTo(once.keySet()).contains("bn1.running_mean");
    // The same sums, perhaps in another order; of order one.
    once.forEach(
        (name, numbers) ->
            assertThat(twice.get(name)).as(name).containsExactly(numbers, within(1e-5f)));
  }

  @Test
  void the_same_seed_and_step_have_the_same_losses() {
    FasterRcnn detector = SmallDetectors.of(SmallDetectors.options(8, Head.DENSE, false));
    float[][] losses = new float[2][];
    for (int i = 0; i < 2; i++) {
      try (DetectionGraph graph = graph(detector, Map.of(), ownLosses())) {
        losses[i] = graph.step(SmallDetectors.batch(), RATE, 3).terms();
      }
    }

    // The same anchors and regions; only the order of sums may differ.
    assertThat(losses[1]).containsExactly(losses[0], within(1e-4f));
    // Next to nothing is predicted at first: log 2 of two, log 3 of three. Weights of 0.01 on
    // features of order one, 16 and more of them, move that by less than a fifth.
    assertThat(losses[0][0]).isCloseTo((float) Math.log(2), within(0.2f));
    assertThat(losses[0][2]).isCloseTo((float) Math.log(3), within(0.2f));
  }
}
