package org.kt4j.engine.weights;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import org.kt4j.engine.teacher.NpyNumbers;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;
import org.tensorflow.ndarray.Shape;

/** Arrays that stay in their file until they are asked for, each time anew. */
final class StoredArrays {

  /** The part of Java's memory that may go to one array; a network needs its weights twice. */
  private static final int SHARE_OF_MEMORY = 3;

  private StoredArrays() {}

  /** Opens the file at the first number of an array. */
  @FunctionalInterface
  interface Opener {
    InputStream open() throws IOException;
  }

  /** An array whose numbers lie one behind the other. */
  static Weights.Array row(
      String source, String name, Shape shape, NpyNumbers numbers, Opener opener) {
    return Weights.Array.stored(
        shape, numbers.name(), () -> read(source, name, shape.size(), numbers, opener));
  }

  /**
   * Puts a tensor where it belongs: among the arrays, or among what is no array of numbers.
   *
   * @param others what it is, in words, by its name
   */
  static void add(
      String source,
      String name,
      TorchTensor tensor,
      Storages storages,
      Map<String, Weights.Array> arrays,
      Map<String, String> others) {
    Optional<NpyNumbers> numbers = NpyNumbers.named(tensor.type(), storages.order());
    if (numbers.isEmpty()) {
      others.put(name, NpyNumbers.PYTORCH + tensor.type());
      return;
    }
    int size = numbers.get().size();
    long first = (tensor.storage().first() + tensor.offset()) * size;
    long span = tensor.isContiguous() ? tensor.count() : tensor.span();
    arrays.put(
        name,
        Weights.Array.stored(
            Shape.of(tensor.sizes()),
            numbers.get().name(),
            () -> {
              float[] read =
                  read(
                      source,
                      name,
                      span,
                      numbers.get(),
                      () -> storages.open(tensor.storage().key(), first));
              return tensor.isContiguous() ? read : tensor.gathered(read);
            }));
  }

  private static float[] read(
      String source, String name, long count, NpyNumbers numbers, Opener opener) {
    long memory = Runtime.getRuntime().maxMemory();
    if (count > memory / SHARE_OF_MEMORY / Float.BYTES) {
      throw new WeightsException(
          source,
          "the array '"
              + name
              + "' takes "
              + count
              + " numbers, more than fit into a third of Java's memory of "
              + (memory >> 20)
              + " MB; fix: if these are the right weights, more memory with"
              + " JAVA_TOOL_OPTIONS=-Xmx8g",
          null);
    }
    if (count == 0) {
      return new float[0];
    }
    try (InputStream in = opener.open()) {
      return numbers.read(in, (int) count);
    } catch (EOFException e) {
      throw new WeightsException(
          source, "the array '" + name + "' is cut short; fix: copy or save it again", e);
    } catch (IOException e) {
      throw new WeightsException(source, "the array '" + name + "' " + e.getMessage(), e);
    }
  }
}
