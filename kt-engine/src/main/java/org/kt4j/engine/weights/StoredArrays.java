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

  /** What NumPy calls the type of counts. */
  private static final String COUNTER = "<i8";

  private StoredArrays() {}

  /** Opens the file at the first number of an array. */
  @FunctionalInterface
  private interface Opener {
    InputStream open() throws IOException;
  }

  /**
   * Puts a tensor where it belongs: among the arrays, or among what is no array of numbers. Single
   * integers are of the latter: counts of steps, which no float32 may hold.
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
    if (tensor.sizes().length == 0 && tensor.type().endsWith("int64")) {
      others.put(name, COUNTER);
      return;
    }
    TorchStorage storage = tensor.storage();
    long first = (storage.first() + tensor.offset()) * numbers.get().size();
    long span = tensor.isContiguous() ? tensor.count() : tensor.span();
    Opener opener = () -> storages.open(storage.key(), first);
    arrays.put(
        name,
        Weights.Array.stored(
            Shape.of(tensor.sizes()),
            numbers.get().name(),
            () -> {
              float[] read = read(source, name, span, numbers.get(), opener);
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
