package org.kt4j.detection.objective;

import java.util.List;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One of the losses that a detector computes of itself; the term puts it into the objective. A
 * detector's own objective is {@code {preset: faster-rcnn}}, all four.
 */
public abstract sealed class DetectorLossProvider
    implements KnowledgeTransferProvider<DetectorLossProvider.Options>
    permits RpnObjectnessProvider, RpnBoxProvider, RegionClassProvider, RegionBoxProvider {

  /** No options. */
  public record Options() {}

  private final String name;
  private final String summary;
  private final String tap;

  DetectorLossProvider(String name, String summary, String tap) {
    this.name = name;
    this.summary = summary;
    this.tap = tap;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String summary() {
    return summary;
  }

  @Override
  public final MethodFamily family() {
    return MethodFamily.LABELS;
  }

  @Override
  public final Options defaults() {
    return new Options();
  }

  @Override
  public final KnowledgeTransfer create(Options options) {
    return new Loss(tap);
  }

  private record Loss(String tap) implements KnowledgeTransfer {

    @Override
    public Taps taps(TapShapes teacher, TapShapes student) {
      if (!student.contains(tap)) {
        throw new IllegalArgumentException(
            "is one of the four losses of a detector, and this student is none; fix: leave it out");
      }
      return new Taps(List.of(), List.of(tap));
    }

    @Override
    public Knowledge teach(Ops tf, TeacherSide teacher) {
      return Knowledge.none();
    }

    @Override
    public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
      return tf.identity(student.activation(tap));
    }
  }
}
