package org.kt4j.comparison.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.LayerPair;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapShapes;
import org.kt4j.config.ConfigurationException;
import org.kt4j.config.NearestName;
import org.tensorflow.ndarray.Shape;

/** Finds the layer of the teacher and the layer of the student that the figures compare. */
final class ComparedLayers {

  private ComparedLayers() {}

  /**
   * The pair that was asked for, or the last of equal height and width.
   *
   * @param asked {@code TEACHERTAP=STUDENTTAP}
   * @throws ConfigurationException when there is no such pair of feature maps of one size
   */
  static LayerPair of(Subject subject, @Nullable String asked) {
    TapShapes teacher = subject.teacher().taps();
    TapShapes student = subject.after().taps();
    LayerPair layers = asked == null ? last(teacher, student) : named(asked, teacher, student);
    requireSameSize(layers, teacher, student);
    TapShapes before = subject.before().taps();
    if (!before.contains(layers.student())) {
      throw wrong(
          "the student before, "
              + subject.before().source()
              + ", has no tap '"
              + layers.student()
              + "'; its feature maps: "
              + maps(before));
    }
    requireSameSize(layers, teacher, before);
    return layers;
  }

  private static LayerPair last(TapShapes teacher, TapShapes student) {
    List<LayerPair> pairs;
    try {
      pairs = LayerSelection.automatic().pairs(teacher, student);
    } catch (IllegalArgumentException e) {
      throw wrong("no feature maps have the same height and width; " + known(teacher, student));
    }
    return pairs.get(pairs.size() - 1);
  }

  private static LayerPair named(String asked, TapShapes teacher, TapShapes student) {
    int equals = asked.indexOf('=');
    if (equals < 1) {
      throw wrong("'" + asked + "'; allowed: TEACHERTAP=STUDENTTAP; " + known(teacher, student));
    }
    String from = asked.substring(0, equals);
    String to = asked.substring(equals + 1);
    requireKnown("tap of the teacher", from, teacher);
    requireKnown("tap of the student", to, student);
    return LayerSelection.of(Map.of(from, to)).pairs(teacher, student).get(0);
  }

  private static void requireKnown(String kind, String tap, TapShapes shapes) {
    if (!shapes.contains(tap)) {
      throw wrong(NearestName.unknown(kind, tap, shapes.names()));
    }
  }

  private static void requireSameSize(LayerPair layers, TapShapes teacher, TapShapes student) {
    Shape one = teacher.shape(layers.teacher());
    Shape other = student.shape(layers.student());
    boolean same =
        one.numDimensions() == 4
            && other.numDimensions() == 4
            && one.get(1) == other.get(1)
            && one.get(2) == other.get(2);
    if (!same) {
      throw wrong(
          layers.teacher()
              + " "
              + one
              + " and "
              + layers.student()
              + " "
              + other
              + " are no feature maps of one height and width; "
              + known(teacher, student));
    }
  }

  private static String known(TapShapes teacher, TapShapes student) {
    return "the teacher's are " + maps(teacher) + ", the student's are " + maps(student);
  }

  /** Every feature map with its size, {@code stage3 8x8}. */
  private static List<String> maps(TapShapes shapes) {
    List<String> maps = new ArrayList<>();
    for (String tap : shapes.names()) {
      Shape shape = shapes.shape(tap);
      if (shape.numDimensions() == 4) {
        maps.add(tap + " " + shape.get(1) + "x" + shape.get(2));
      }
    }
    return maps;
  }

  private static ConfigurationException wrong(String problem) {
    return ConfigurationException.of("--layer: " + problem);
  }
}
