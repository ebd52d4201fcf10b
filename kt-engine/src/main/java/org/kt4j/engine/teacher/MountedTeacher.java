package org.kt4j.engine.teacher;

import java.util.List;
import java.util.Map;
import org.kt4j.engine.graph.Variable;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** A teacher in one graph. */
public interface MountedTeacher {

  /** The activation at each tap, {@code [B, H, W, C]} or {@code [B, K]}. */
  Map<String, Operand<TFloat32>> taps();

  /**
   * The activation at one tap.
   *
   * @throws IllegalArgumentException when it was not asked for when the teacher was mounted
   */
  default Operand<TFloat32> tap(String name) {
    Operand<TFloat32> activation = taps().get(name);
    if (activation == null) {
      throw new IllegalArgumentException("no tap '" + name + "'; mounted: " + taps().keySet());
    }
    return activation;
  }

  /**
   * Gives the teacher its weights; once, before the first run.
   *
   * @throws WeightsException when they belong to another network
   */
  default void load() {}

  /** Its variables, where they are ours; none of them is ever trained. */
  default List<Variable> variables() {
    return List.of();
  }

  /** Whether it rounds activations, see {@link org.kt4j.engine.network.Network#rounds}. */
  default boolean rounds() {
    return false;
  }

  /**
   * Adds to a run what the teacher needs beside {@link org.kt4j.engine.graph.ImageGraph#images()
   * the pictures}.
   *
   * @param runner the run; its pictures are fed by the caller
   * @param pixels the same pictures, uint8 {@code [B, H, W, C]}
   * @return tensors that the caller closes after the run
   */
  default List<Tensor> feed(Session.Runner runner, TUint8 pixels) {
    return List.of();
  }
}
