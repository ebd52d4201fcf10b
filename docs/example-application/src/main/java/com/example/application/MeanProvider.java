package com.example.application;

import java.util.List;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A method of the application's own: {@code {term: stage-mean}}. */
public final class MeanProvider implements KnowledgeTransferProvider<MeanProvider.None> {

  private static final String STAGE = "stage3";

  /** It has no options. */
  public record None() {}

  @Override
  public String name() {
    return "stage-mean";
  }

  @Override
  public String summary() {
    return "squared distance of the mean activation of the last stage";
  }

  @Override
  public None defaults() {
    return new None();
  }

  @Override
  public KnowledgeTransfer create(None options) {
    return new StageMean();
  }

  /** {@code L = mean over B of (mean_hwc S - mean_hwc T)^2}. */
  private record StageMean() implements KnowledgeTransfer {

    @Override
    public Taps taps(TapShapes teacher, TapShapes student) {
      return new Taps(List.of(STAGE), List.of(STAGE));
    }

    @Override
    public Knowledge teach(Ops tf, TeacherSide teacher) {
      return Knowledge.builder().put(STAGE, mean(tf, teacher.activation(STAGE))).build();
    }

    @Override
    public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
      Operand<TFloat32> own = mean(tf, student.activation(STAGE));
      return tf.math.mean(
          tf.math.squaredDifference(own, knowledge.get(STAGE)), tf.array(0)); // a scalar
    }

    private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> map) {
      return tf.math.mean(map, tf.array(1, 2, 3)); // [B, H, W, C] -> [B]
    }
  }
}
