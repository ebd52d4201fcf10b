package org.kt4j.engine.teacher;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A teacher whose logits are the logarithms of the probabilities that another gives. Softmax of
 * them is the probabilities again, so they are logits up to a constant for each picture.
 *
 * @param teacher gives probabilities at the tap {@link Taps#LOGITS}
 */
public record LogProbabilities(Teacher teacher) implements Teacher {

  @Override
  public String source() {
    return teacher.source() + ", logarithm of its probabilities";
  }

  @Override
  public TapShapes taps() {
    return teacher.taps();
  }

  @Override
  public Set<String> stepTaps() {
    return teacher.stepTaps();
  }

  @Override
  public boolean dependsOnReads() {
    return teacher.dependsOnReads();
  }

  @Override
  public String fingerprint() {
    return new Fingerprint().add("logarithm").add(teacher.fingerprint()).hex();
  }

  @Override
  public String advice(String place) {
    return teacher.advice(place)
        + " "
        + place
        + ".logits-are: probabilities needs numbers from 0 to 1.";
  }

  @Override
  public MountedTeacher mount(ImageGraph graph, String scope, Collection<String> read) {
    MountedTeacher mounted = teacher.mount(graph, scope, read);
    Map<String, Operand<TFloat32>> taps = new LinkedHashMap<>(mounted.taps());
    taps.computeIfPresent(
        Taps.LOGITS,
        (tap, given) -> logarithm(graph.tf().withSubScope(scope + "-logarithm"), given));
    return new Mounted(mounted, taps);
  }

  /** Zero counts as the smallest normal number; below zero there is none. */
  private static Operand<TFloat32> logarithm(Ops tf, Operand<TFloat32> probabilities) {
    return tf.math.log(tf.math.add(probabilities, tf.constant(Float.MIN_NORMAL)));
  }

  @Override
  public void close() {
    teacher.close();
  }

  private record Mounted(MountedTeacher of, Map<String, Operand<TFloat32>> taps)
      implements MountedTeacher {

    @Override
    public void load() {
      of.load();
    }

    @Override
    public List<Variable> variables() {
      return of.variables();
    }

    @Override
    public List<Tensor> feed(Session.Runner runner, TUint8 pixels) {
      return of.feed(runner, pixels);
    }
  }
}
