package org.kt4j.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/**
 * Which layers of teacher and student a term compares. A method on feature maps has it in its
 * options as an {@link Inline} component, and so the options {@code layers}, {@code layer-weights},
 * {@code tap} and {@code interpolate}.
 *
 * @param layers the teacher's tap to the student's tap; when empty, layers are paired by size
 * @param layerWeights the factor of a pair by the teacher's tap; 1 where none is given
 * @param tap which taps are paired when {@code layers} is empty
 * @param interpolate which side is resized when the sizes of a pair differ
 */
public record LayerSelection(
    @Description("teacher's tap: student's tap; chosen by size when empty")
        Map<String, String> layers,
    @Description("factor of a pair by the teacher's tap, 0 to 1e9; 1 when left out")
        Map<String, Double> layerWeights,
    @Description("which taps are paired when layers is empty") TapChoice tap,
    @Description("the side that is resized when the sizes of a pair differ")
        Interpolation interpolate) {

  /**
   * Copies the maps and keeps their order.
   *
   * @throws InvalidOptionException when a weight is negative or belongs to no pair
   */
  public LayerSelection {
    layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
    layerWeights = Collections.unmodifiableMap(new LinkedHashMap<>(layerWeights));
    for (Map.Entry<String, Double> entry : layerWeights.entrySet()) {
      if (!(entry.getValue() >= 0 && entry.getValue() <= 1e9)) {
        throw new InvalidOptionException(
            "layerWeights", entry.getKey() + ": " + entry.getValue(), "0 to 1e9");
      }
      if (!layers.isEmpty() && !layers.containsKey(entry.getKey())) {
        throw new InvalidOptionException(
            "layerWeights", entry.getKey(), "the teacher's taps in layers: " + layers.keySet());
      }
    }
  }

  /** Layers are paired by size and count alike. */
  public static LayerSelection automatic() {
    return new LayerSelection(Map.of(), Map.of(), TapChoice.AFTER_ACTIVATION, Interpolation.NONE);
  }

  /** These pairs, the teacher's tap to the student's, which count alike. */
  public static LayerSelection of(Map<String, String> layers) {
    return new LayerSelection(layers, Map.of(), TapChoice.AFTER_ACTIVATION, Interpolation.NONE);
  }

  /**
   * The pairs: those that were named, or for each height and width that occurs in both networks the
   * last layer of that size on either side, in the order of the student's forward pass. Maps of a
   * single position are not paired.
   *
   * @throws IllegalArgumentException when no sizes agree; the message says what to do
   */
  public List<LayerPair> pairs(TapShapes teacher, TapShapes student) {
    Map<String, String> named = layers.isEmpty() ? pairedBySize(teacher, student) : layers;
    for (String tap : layerWeights.keySet()) {
      if (!named.containsKey(tap)) {
        throw new IllegalArgumentException(
            "layer-weights has '" + tap + "'; the layers that were paired are " + named.keySet());
      }
    }
    List<LayerPair> pairs = new ArrayList<>();
    named.forEach(
        (from, to) -> {
          double weight = layerWeights.getOrDefault(from, 1.0);
          pairs.add(new LayerPair(from, to, weight, interpolate));
        });
    return List.copyOf(pairs);
  }

  /**
   * The pairs for a method whose authors read the last maps alone: those that were named, else the
   * last one of those of equal size.
   *
   * @throws IllegalArgumentException when no sizes agree and none are named, or a weight belongs to
   *     another pair
   */
  public List<LayerPair> namedOrLast(TapShapes teacher, TapShapes student) {
    List<LayerPair> pairs = pairs(teacher, student);
    if (!layers.isEmpty()) {
      return pairs;
    }
    LayerPair last = pairs.get(pairs.size() - 1);
    for (String each : layerWeights.keySet()) {
      if (!each.equals(last.teacher())) {
        throw new IllegalArgumentException(
            "layer-weights has '"
                + each
                + "'; without layers the last pair alone is read, whose teacher's tap is '"
                + last.teacher()
                + "'; fix: name the pairs with layers: {TEACHER-TAP: STUDENT-TAP}");
      }
    }
    return List.of(last);
  }

  /**
   * The taps that these pairs read, of which each two can be compared. A tap that does not exist is
   * left for the engine to report.
   *
   * @throws IllegalArgumentException when a pair is no two feature maps, or its sizes differ and
   *     neither side may be resized
   */
  public Taps taps(TapShapes teacher, TapShapes student) {
    List<LayerPair> pairs = pairs(teacher, student);
    pairs.forEach(pair -> pair.requireComparable(teacher, student));
    return Taps.ofPairs(pairs);
  }

  private Map<String, String> pairedBySize(TapShapes teacher, TapShapes student) {
    if (teacher.names().isEmpty()) {
      throw new IllegalArgumentException(
          "learns from a teacher and there is none; fix: add teacher:");
    }
    Map<List<Long>, String> known = lastOfEachSize(teacher);
    Map<String, String> pairs = new LinkedHashMap<>();
    lastOfEachSize(student)
        .forEach(
            (size, tap) -> {
              String from = known.get(size);
              if (from != null) {
                pairs.put(from, tap);
              }
            });
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException(
          "no layers of teacher and student have the same height and width; the teacher's are "
              + known
              + ", the student's are "
              + lastOfEachSize(student)
              + "; fix: name pairs with layers: {TEACHER-TAP: STUDENT-TAP} and resize a side with"
              + " interpolate: teacher or interpolate: student");
    }
    return pairs;
  }

  /** Height and width to the last tap of that size, in the order of the forward pass. */
  private Map<List<Long>, String> lastOfEachSize(TapShapes shapes) {
    Map<List<Long>, String> last = new LinkedHashMap<>();
    for (String name : shapes.names()) {
      Shape shape = shapes.shape(name);
      if (tap.admits(name) && shape.numDimensions() == 4 && shape.get(1) * shape.get(2) > 1) {
        last.put(List.of(shape.get(1), shape.get(2)), name);
      }
    }
    return last;
  }
}
