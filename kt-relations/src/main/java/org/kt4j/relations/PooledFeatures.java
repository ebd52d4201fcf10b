package org.kt4j.relations;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.Knowledge;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What a layer says of a whole picture: a vector as it is, a feature map as its mean over the
 * positions.
 */
final class PooledFeatures {

  /** What the last layers of both sides read. */
  static final Map<String, String> LAST = Map.of(Taps.POOLED, Taps.POOLED);

  private PooledFeatures() {}

  /**
   * Copies the option {@code layers} and keeps its order.
   *
   * @throws InvalidOptionException when it names none
   */
  static Map<String, String> layers(Map<String, String> named) {
    if (named.isEmpty()) {
      throw new InvalidOptionException(
          "layers", "{}", "one pair or more, such as {pooled: pooled}");
    }
    return Collections.unmodifiableMap(new LinkedHashMap<>(named));
  }

  /**
   * The taps of pairs of layers. A tap that does not exist is left for the engine to report.
   *
   * @throws IllegalArgumentException when one is neither a vector nor a map, or there is no {@code
   *     pooled}, which nobody may have asked for
   */
  static Taps taps(Map<String, String> layers, TapShapes teacher, TapShapes student) {
    if (layers.containsKey(Taps.POOLED)) {
      requirePooled("teacher", teacher);
    }
    if (layers.containsValue(Taps.POOLED)) {
      requirePooled("student", student);
    }
    layers.keySet().forEach(tap -> check("teacher", tap, teacher));
    layers.values().forEach(tap -> check("student", tap, student));
    return new Taps(List.copyOf(layers.keySet()), List.copyOf(layers.values()));
  }

  private static void requirePooled(String side, TapShapes shapes) {
    if (!shapes.names().isEmpty() && !shapes.contains(Taps.POOLED)) {
      throw new IllegalArgumentException(
          "compares 'pooled', which is what a classifier's last layer reads, and the "
              + side
              + " has none; fix: layers: {TEACHER-TAP: STUDENT-TAP} with feature maps, which are"
              + " averaged over their positions; the "
              + side
              + " has "
              + maps(shapes));
    }
  }

  private static String maps(TapShapes shapes) {
    return shapes.names().stream()
        .filter(tap -> shapes.shape(tap).numDimensions() == 4)
        .collect(Collectors.joining(", "));
  }

  private static void check(String side, String tap, TapShapes shapes) {
    if (!shapes.contains(tap)) {
      return;
    }
    int axes = shapes.shape(tap).numDimensions();
    if (axes != 2 && axes != 4) {
      throw new IllegalArgumentException(
          "relates vectors [B, C] or the means of feature maps [B, H, W, C]; the "
              + side
              + "'s '"
              + tap
              + "' is "
              + shapes.shape(tap)
              + "; fix: name another layer");
    }
  }

  /** The teacher's features of each pair, {@code [B, C]}, by its tap. */
  static Knowledge knowledge(Ops tf, Map<String, String> layers, TeacherSide teacher) {
    Knowledge.Builder knowledge = Knowledge.builder();
    for (String tap : layers.keySet()) {
      knowledge.put(tap, of(tf, teacher.activation(tap)));
    }
    return knowledge.build();
  }

  /**
   * Computes them.
   *
   * @param activation {@code [B, C]} or {@code [B, H, W, C]}
   * @return {@code [B, C]}
   */
  static Operand<TFloat32> of(Ops tf, Operand<TFloat32> activation) {
    return activation.shape().numDimensions() == 4
        ? tf.math.mean(activation, tf.array(1, 2))
        : activation;
  }
}
