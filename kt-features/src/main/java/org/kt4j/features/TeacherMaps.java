package org.kt4j.features;

import java.util.List;
import java.util.function.UnaryOperator;
import org.kt4j.api.Knowledge;
import org.kt4j.api.LayerPair;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Knowledge that is a map of the teacher for each pair of layers, by the teacher's tap. */
final class TeacherMaps {

  private TeacherMaps() {}

  /** The maps as they are, each {@code [B, H, W, C_T]}. */
  static Knowledge of(Ops tf, TeacherSide teacher, List<LayerPair> pairs) {
    return of(tf, teacher, pairs, UnaryOperator.identity());
  }

  /** What a reduction leaves of each map. */
  static Knowledge of(
      Ops tf,
      TeacherSide teacher,
      List<LayerPair> pairs,
      UnaryOperator<Operand<TFloat32>> reduction) {
    Knowledge.Builder knowledge = Knowledge.builder();
    for (LayerPair pair : pairs) {
      knowledge.put(pair.teacher(), reduction.apply(pair.teacherMap(tf, teacher)));
    }
    return knowledge.build();
  }
}
