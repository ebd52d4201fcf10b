package com.example.brightness;

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

/** The label term: the mean squared error, which the student's graph computes as a tap. */
public final class SquaredErrorProvider
    implements KnowledgeTransferProvider<SquaredErrorProvider.Options> {

  static final String NAME = "squared-error";

  /** No options. */
  public record Options() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "of a brightness: the mean squared error";
  }

  @Override
  public Options defaults() {
    return new Options();
  }

  @Override
  public KnowledgeTransfer create(Options options) {
    return new SquaredError();
  }

  private record SquaredError() implements KnowledgeTransfer {

    @Override
    public Taps taps(TapShapes teacher, TapShapes student) {
      return new Taps(List.of(), List.of(NAME));
    }

    @Override
    public Knowledge teach(Ops tf, TeacherSide teacher) {
      return Knowledge.none();
    }

    @Override
    public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
      return tf.identity(student.activation(NAME));
    }
  }
}
