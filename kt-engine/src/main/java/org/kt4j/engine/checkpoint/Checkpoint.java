package org.kt4j.engine.checkpoint;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.ndarray.Shape;

/**
 * A checkpoint in memory.
 *
 * @param progress how far the run had come
 * @param values by variable path, such as {@code student/conv1.weight}
 */
public record Checkpoint(Progress progress, Map<String, Saved> values) {

  private static final String STUDENT = "student/";

  /**
   * One variable's value.
   *
   * @param kind what it is for
   * @param shape its axes
   * @param numbers row-major
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
  public record Saved(Variable.Kind kind, Shape shape, float[] numbers) {}

  /**
   * The values of those variables that this checkpoint has.
   *
   * @throws CheckpointException when a variable has another shape here: it belongs to another
   *     network
   */
  public Map<Variable, float[]> of(Collection<Variable> variables) {
    Map<Variable, float[]> found = new LinkedHashMap<>();
    for (Variable variable : variables) {
      Saved saved = values.get(variable.path());
      if (saved == null) {
        continue;
      }
      if (!saved.shape().equals(variable.shape())) {
        throw new CheckpointException(
            variable.path()
                + " is "
                + saved.shape()
                + " in the checkpoint, the network has "
                + variable.shape());
      }
      found.put(variable, saved.numbers());
    }
    return found;
  }

  /** Whether a variable's value is in this checkpoint, in the variable's shape. */
  public boolean fits(Variable variable) {
    Saved saved = values.get(variable.path());
    return saved != null && saved.shape().equals(variable.shape());
  }

  /** The student alone, without what terms and optimizer added. */
  public Weights student(String source) {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    values.forEach(
        (path, saved) -> {
          if (path.startsWith(STUDENT)) {
            arrays.put(
                path.substring(STUDENT.length()),
                Weights.Array.ofTensorFlow(saved.kind(), saved.shape(), saved.numbers()));
          }
        });
    return new Weights(source, arrays);
  }
}
