package com.example.meanmap;

import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** {@code L = sum over pairs of w times the mean over B, H, W of (gain mean_c S - mean_c T)^2}. */
record MeanMap(double gain, LayerSelection layers) implements KnowledgeTransfer {

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    return layers.taps(teacher, student);
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    Knowledge.Builder knowledge = Knowledge.builder();
    for (LayerPair pair : layers.pairs(teacher.teacherShapes(), teacher.studentShapes())) {
      knowledge.put(pair.teacher(), overChannels(tf, pair.teacherMap(tf, teacher)));
    }
    return knowledge.build();
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> sum = tf.constant(0f);
    for (LayerPair pair : layers.pairs(student.teacherShapes(), student.studentShapes())) {
      Operand<TFloat32> own = overChannels(tf, pair.studentMap(tf, student));
      Operand<TFloat32> scaled = tf.math.mul(own, tf.constant((float) gain));
      Operand<TFloat32> squares =
          tf.math.squaredDifference(scaled, knowledge.get(pair.teacher())); // [B, H, W]
      Operand<TFloat32> distance = tf.math.mean(squares, tf.array(0, 1, 2));
      sum = tf.math.add(sum, tf.math.mul(distance, tf.constant((float) pair.weight())));
    }
    return sum;
  }

  private static Operand<TFloat32> overChannels(Ops tf, Operand<TFloat32> map) {
    return tf.math.mean(map, tf.array(3)); // [B, H, W, C] -> [B, H, W]
  }
}
