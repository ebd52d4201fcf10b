package org.kt4j.engine.checkpoint;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.run.RunFolderException;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.ndarray.Shape;

/**
 * A checkpoint in memory.
 *
 * @param folder that it was read from
 * @param progress how far the run had come
 * @param values by variable path, such as {@code student/conv1.weight}
 */
public record Checkpoint(Path folder, Progress progress, Map<String, Saved> values) {

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
   * @throws RunFolderException when a variable has another shape here: it belongs to another
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
        throw other(
            variable.path()
                + " is "
                + saved.shape()
                + " there, and "
                + variable.shape()
                + " in it");
      }
      found.put(variable, saved.numbers());
    }
    return found;
  }

  /**
   * The values of variables that this checkpoint must have, for the run goes on within a phase.
   *
   * @throws RunFolderException when one is not here, or has another shape
   */
  public Map<Variable, float[]> complete(Collection<Variable> variables) {
    for (Variable variable : variables) {
      if (!values.containsKey(variable.path())) {
        throw other("it lacks " + variable.path());
      }
    }
    return of(variables);
  }

  private RunFolderException other(String why) {
    return new RunFolderException(
        folder
            + ": the checkpoint does not fit the run's network: "
            + why
            + "; nothing was changed. Restore the checkpoint from a copy, or start over with"
            + " --overwrite");
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
