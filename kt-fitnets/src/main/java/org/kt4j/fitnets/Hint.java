package org.kt4j.fitnets;

import java.util.List;
import org.kt4j.api.Interpolation;
import org.kt4j.api.LayerPair;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.fitnets.FitNetsOptions.Form;
import org.kt4j.fitnets.FitNetsOptions.RegressorKind;
import org.tensorflow.ndarray.Shape;

/** Which layers are hint and guided layer, and whether the one can guide the other. */
final class Hint {

  private Hint() {}

  /**
   * The pairs that were named; else the middle one of the layers of equal size, as the paper
   * chooses; for selected neurons the top hidden layer, as Luo et al. do.
   */
  static List<LayerPair> pairs(FitNetsOptions options, TapShapes teacher, TapShapes student) {
    if (!options.selection().layers().isEmpty()) {
      return options.selection().pairs(teacher, student);
    }
    boolean top = options.form() == Form.NEURON_SELECTION;
    if (top && teacher.contains(Taps.POOLED) && student.contains(Taps.POOLED)) {
      double weight = options.selection().layerWeights().getOrDefault(Taps.POOLED, 1.0);
      return List.of(new LayerPair(Taps.POOLED, Taps.POOLED, weight, Interpolation.NONE));
    }
    List<LayerPair> all = options.selection().pairs(teacher, student);
    return List.of(all.get(top ? all.size() - 1 : all.size() / 2));
  }

  /**
   * Checks one pair where both layers exist.
   *
   * @throws IllegalArgumentException when the hint cannot be learnt at the guided layer; the
   *     message says why and what to do
   */
  static void check(FitNetsOptions options, LayerPair pair, TapShapes teacher, TapShapes student) {
    if (!teacher.contains(pair.teacher()) || !student.contains(pair.student())) {
      return;
    }
    Shape hint = teacher.shape(pair.teacher());
    Shape guided = student.shape(pair.student());
    boolean vectors = hint.numDimensions() == 2 && guided.numDimensions() == 2;
    if (!vectors) {
      checkMaps(options, pair, teacher, student);
    }
    long channels = options.form() == Form.NEURON_SELECTION ? options.neurons() : hint.get(-1);
    if (channels > hint.get(-1)) {
      throw new IllegalArgumentException(
          "neurons: "
              + channels
              + " is more than the "
              + hint.get(-1)
              + " channels of the teacher's '"
              + pair.teacher()
              + "'; allowed: 1 to "
              + hint.get(-1));
    }
    if (options.regressor() == RegressorKind.NONE && channels != guided.get(-1)) {
      throw new IllegalArgumentException(
          "the hint '"
              + pair.teacher()
              + "' has "
              + channels
              + " channels, the guided layer '"
              + pair.student()
              + "' "
              + guided.get(-1)
              + "; fix: regressor: convolution");
    }
  }

  private static void checkMaps(
      FitNetsOptions options, LayerPair pair, TapShapes teacher, TapShapes student) {
    if (isAbove(pair, teacher, student) && !shrinks(options, pair, teacher, student)) {
      Shape hint = teacher.shape(pair.teacher());
      Shape guided = student.shape(pair.student());
      throw new IllegalArgumentException(
          "the hint '"
              + pair.teacher()
              + "' "
              + hint
              + " lies above the guided layer '"
              + pair.student()
              + "' "
              + guided
              + ": the student would have to do in fewer layers what the teacher does in more; fix:"
              + " take a hint from the level of the guided layer or below it"
              + (hint.get(1) < guided.get(1)
                  ? ", or a regressor that makes up for the difference, kernel: "
                      + (guided.get(1) - hint.get(1) + 1)
                  : ""));
    }
    if (!shrinks(options, pair, teacher, student)) {
      pair.requireComparable(teacher, student);
      if (options.regressor() == RegressorKind.CONVOLUTION && options.kernel() % 2 == 0) {
        throw new IllegalArgumentException(
            "kernel: " + options.kernel() + " cannot keep the size of a map; allowed: odd numbers");
      }
    }
  }

  /**
   * Whether the regressor's convolution without padding makes the guided layer's size that of the
   * hint, as in section 3.2 of the paper; not where one side is resized to the other's size.
   */
  static boolean shrinks(
      FitNetsOptions options, LayerPair pair, TapShapes teacher, TapShapes student) {
    Shape hint = teacher.shape(pair.teacher());
    Shape guided = student.shape(pair.student());
    return options.regressor() == RegressorKind.CONVOLUTION
        && pair.interpolation() == Interpolation.NONE
        && options.kernel() > 1
        && hint.numDimensions() == 4
        && guided.numDimensions() == 4
        && guided.get(1) - options.kernel() + 1 == hint.get(1)
        && guided.get(2) - options.kernel() + 1 == hint.get(2);
  }

  /** By the order of layers that both networks have under one name, else by the size of the map. */
  private static boolean isAbove(LayerPair pair, TapShapes teacher, TapShapes student) {
    List<String> known = levels(teacher);
    String hint = level(pair.teacher());
    String guided = level(pair.student());
    if (known.contains(guided) && levels(student).contains(hint)) {
      return known.indexOf(hint) > known.indexOf(guided);
    }
    Shape map = teacher.shape(pair.teacher());
    Shape own = student.shape(pair.student());
    return map.numDimensions() == 4 && own.numDimensions() == 4 && map.get(1) < own.get(1);
  }

  private static List<String> levels(TapShapes shapes) {
    return shapes.names().stream().map(Hint::level).distinct().toList();
  }

  /** A tap in front of an activation is on the level of the one behind it. */
  private static String level(String tap) {
    return tap.endsWith(Taps.PRE_RELU)
        ? tap.substring(0, tap.length() - Taps.PRE_RELU.length())
        : tap;
  }
}
