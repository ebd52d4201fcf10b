package org.kt4j.engine.cache;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kt4j.api.Knowledge;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * How the tensors of a term stand side by side in one row of numbers for each picture.
 *
 * @param parts in their order
 */
public record KnowledgeLayout(List<Part> parts) {

  /**
   * One tensor.
   *
   * @param name as the method calls it
   * @param axes its shape without the batch
   */
  public record Part(String name, List<Long> axes) {

    /** Copies the list. Axes have no size below 1. */
    public Part {
      axes = List.copyOf(axes);
      if (axes.stream().anyMatch(size -> size < 1)) {
        throw new IllegalArgumentException(name + ": the axes are " + axes + "; allowed: 1 up");
      }
    }

    private long values() {
      return axes.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    }
  }

  /** Copies the list, which is not empty. */
  public KnowledgeLayout {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("there is no knowledge to be stored");
    }
  }

  /**
   * The layout of some knowledge.
   *
   * @throws IllegalArgumentException when it is empty, or a tensor's shape beyond the batch is not
   *     known before it is computed
   */
  public static KnowledgeLayout of(Knowledge knowledge) {
    List<Part> parts = new ArrayList<>();
    knowledge
        .tensors()
        .forEach(
            (name, tensor) -> {
              Shape shape = tensor.shape();
              List<Long> axes = new ArrayList<>();
              for (int axis = 1; axis < shape.numDimensions(); axis++) {
                axes.add(shape.get(axis));
              }
              if (shape.numDimensions() < 1 || axes.stream().anyMatch(size -> size < 1)) {
                throw new IllegalArgumentException(
                    "its knowledge '"
                        + name
                        + "' has the shape "
                        + shape
                        + "; to be stored, the first axis must be the batch and all others known");
              }
              parts.add(new Part(name, axes));
            });
    return new KnowledgeLayout(parts);
  }

  /** How many numbers a picture has. */
  public int valuesPerPicture() {
    return Math.toIntExact(parts.stream().mapToLong(Part::values).reduce(0, Math::addExact));
  }

  /** All tensors in one, {@code [B, valuesPerPicture()]}. */
  Operand<TFloat32> packed(Ops tf, Knowledge knowledge) {
    List<Operand<TFloat32>> rows = new ArrayList<>();
    for (Part part : parts) {
      rows.add(
          tf.reshape(knowledge.get(part.name()), tf.array(-1, Math.toIntExact(part.values()))));
    }
    return rows.size() == 1 ? rows.get(0) : tf.concat(rows, tf.constant(1));
  }

  /**
   * The tensors again.
   *
   * @param rows {@code [B, valuesPerPicture()]}
   */
  public Knowledge unpacked(Ops tf, Operand<TFloat32> rows) {
    Map<String, Operand<TFloat32>> tensors = new LinkedHashMap<>();
    int from = 0;
    for (Part part : parts) {
      int values = Math.toIntExact(part.values());
      Operand<TFloat32> own =
          parts.size() == 1 ? rows : tf.slice(rows, tf.array(0, from), tf.array(-1, values));
      long[] shape = new long[part.axes().size() + 1];
      shape[0] = -1;
      for (int axis = 1; axis < shape.length; axis++) {
        shape[axis] = part.axes().get(axis - 1);
      }
      tensors.put(part.name(), tf.reshape(own, tf.constant(shape)));
      from += values;
    }
    return Knowledge.of(tensors);
  }
}
