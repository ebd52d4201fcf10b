package org.kt4j.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;

class LayerSelectionTest {

  /** Stages of sizes 8, 8, 4, 2 with a tap in front of each ReLU, then what is no map. */
  private static final TapShapes STUDENT = network(8, 8, 4, 2);

  private static TapShapes network(long... sizes) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (int i = 0; i < sizes.length; i++) {
      Shape shape = Shape.of(-1, sizes[i], sizes[i], 16);
      shapes.put("stage" + (i + 1) + ".pre-relu", shape);
      shapes.put("stage" + (i + 1), shape);
    }
    shapes.put("last", Shape.of(-1, 1, 1, 16));
    shapes.put("pooled", Shape.of(-1, 16));
    shapes.put("logits", Shape.of(-1, 10));
    return TapShapes.of(shapes);
  }

  private static LayerSelection selection(TapChoice tap, Interpolation interpolate) {
    return new LayerSelection(Map.of(), Map.of(), tap, interpolate);
  }

  private static List<String> names(List<LayerPair> pairs) {
    return pairs.stream().map(pair -> pair.teacher() + " > " + pair.student()).toList();
  }

  @Test
  void the_last_layers_of_each_size_that_both_have_are_paired() {
    TapShapes teacher = network(16, 8, 4, 4);

    List<LayerPair> pairs = LayerSelection.automatic().pairs(teacher, STUDENT);

    assertThat(names(pairs)).containsExactly("stage2 > stage2", "stage4 > stage3");
    assertThat(pairs).allMatch(pair -> pair.weight() == 1);
  }

  @Test
  void taps_in_front_of_the_activation_are_paired_when_asked_for() {
    List<LayerPair> pairs =
        selection(TapChoice.BEFORE_ACTIVATION, Interpolation.NONE).pairs(network(4), STUDENT);

    assertThat(names(pairs)).containsExactly("stage1.pre-relu > stage3.pre-relu");
  }

  @Test
  void no_common_size_is_an_error_that_shows_the_sizes() {
    assertThatThrownBy(() -> LayerSelection.automatic().pairs(network(32), STUDENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no layers of teacher and student have the same height and width; the teacher's are"
                + " {[32, 32]=stage1}, the student's are {[8, 8]=stage2, [4, 4]=stage3, [2,"
                + " 2]=stage4}; fix: name pairs with layers: {TEACHER-TAP: STUDENT-TAP} and resize"
                + " a side with interpolate: teacher or interpolate: student");
  }

  @Test
  void automatic_pairs_need_a_teacher() {
    assertThatThrownBy(() -> LayerSelection.automatic().pairs(TapShapes.none(), STUDENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("learns from a teacher and there is none; fix: add teacher:");
  }

  @Test
  void named_pairs_are_taken_as_they_are() {
    LayerSelection named = LayerSelection.of(Map.of("stage3", "stage3"));

    assertThat(names(named.pairs(STUDENT, STUDENT))).containsExactly("stage3 > stage3");
    assertThat(named.taps(STUDENT, STUDENT))
        .isEqualTo(new Taps(List.of("stage3"), List.of("stage3")));
  }

  @Test
  void a_tap_that_does_not_exist_is_left_for_the_engine_to_report() {
    LayerSelection named = LayerSelection.of(Map.of("stage9", "stage3"));

    assertThat(named.taps(STUDENT, STUDENT).teacher()).containsExactly("stage9");
  }

  @Test
  void unequal_sizes_are_refused_unless_a_side_may_be_resized() {
    LayerSelection refusing = LayerSelection.of(Map.of("stage1", "stage3"));
    LayerSelection resizing =
        new LayerSelection(
            Map.of("stage1", "stage3"),
            Map.of(),
            TapChoice.AFTER_ACTIVATION,
            Interpolation.TEACHER);

    assertThatThrownBy(() -> refusing.taps(STUDENT, STUDENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the teacher's 'stage1' is [-1, 8, 8, 16]")
        .hasMessageContaining("interpolate: teacher");
    assertThat(resizing.taps(STUDENT, STUDENT).student()).containsExactly("stage3");
  }

  @Test
  void what_is_no_feature_map_cannot_be_paired_however() {
    LayerSelection logits =
        new LayerSelection(
            Map.of("logits", "stage3"),
            Map.of(),
            TapChoice.AFTER_ACTIVATION,
            Interpolation.STUDENT);

    assertThatThrownBy(() -> logits.taps(STUDENT, STUDENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the teacher's 'logits' is [-1, 10]");
  }

  @Test
  void a_weight_belongs_to_the_pair_of_its_teachers_tap() {
    Map<String, String> layers = new LinkedHashMap<>();
    layers.put("stage2", "stage2");
    layers.put("stage3", "stage3");

    List<LayerPair> pairs =
        new LayerSelection(
                layers, Map.of("stage3", 0.5), TapChoice.AFTER_ACTIVATION, Interpolation.NONE)
            .pairs(STUDENT, STUDENT);

    assertThat(pairs).extracting(LayerPair::weight).containsExactly(1.0, 0.5);
  }

  @Test
  void a_negative_weight_and_one_of_no_pair_are_refused() {
    assertThatThrownBy(
            () ->
                new LayerSelection(
                    Map.of("stage3", "stage3"),
                    Map.of("stage3", -1.0),
                    TapChoice.AFTER_ACTIVATION,
                    Interpolation.NONE))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("layerWeights: stage3: -1.0 is not allowed; allowed: 0 to 1e9");
    assertThatThrownBy(
            () ->
                new LayerSelection(
                    Map.of("stage3", "stage3"),
                    Map.of("stage2", 1.0),
                    TapChoice.AFTER_ACTIVATION,
                    Interpolation.NONE))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage(
            "layerWeights: stage2 is not allowed; allowed: the teacher's taps in layers: [stage3]");
  }

  @Test
  void a_weight_of_no_automatic_pair_is_refused_once_the_networks_are_known() {
    LayerSelection weighted =
        new LayerSelection(
            Map.of(), Map.of("stage9", 2.0), TapChoice.AFTER_ACTIVATION, Interpolation.NONE);

    assertThatThrownBy(() -> weighted.pairs(STUDENT, STUDENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "layer-weights has 'stage9'; the layers that were paired are [stage2, stage3, stage4]");
  }

  @Test
  void a_method_on_the_last_maps_reads_the_named_pairs_or_the_last_of_equal_size() {
    LayerSelection named = LayerSelection.of(Map.of("stage2", "stage2"));

    assertThat(LayerSelection.automatic().namedOrLast(STUDENT, STUDENT))
        .extracting(LayerPair::teacher)
        .containsExactly("stage4");
    assertThat(named.namedOrLast(STUDENT, STUDENT))
        .extracting(LayerPair::student)
        .containsExactly("stage2");
  }

  @Test
  void a_weight_of_a_pair_that_is_not_the_last_is_refused_where_the_last_alone_is_read() {
    LayerSelection weighted =
        new LayerSelection(
            Map.of(), Map.of("stage3", 2.0), TapChoice.AFTER_ACTIVATION, Interpolation.NONE);

    assertThatThrownBy(() -> weighted.namedOrLast(STUDENT, STUDENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "layer-weights has 'stage3'; without layers the last pair alone is read, whose"
                + " teacher's tap is 'stage4'; fix: name the pairs with layers: {TEACHER-TAP:"
                + " STUDENT-TAP}");
  }
}
