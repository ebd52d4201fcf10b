package org.kt4j.engine.teacher;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.util.passthrough.PassthroughNDManager;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.ndarray.Shape;

/**
 * Weights in an .npz file, as {@code numpy.savez} writes a PyTorch state dictionary: one array for
 * each parameter, under PyTorch's name and in its order of axes.
 */
public final class NpzFile {

  private NpzFile() {}

  /**
   * Reads a file.
   *
   * @throws WeightsException when it is missing, cut short, or holds something else
   */
  public static Weights read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new WeightsException(file.toString(), "there is no such file", null);
    }
    try (InputStream in = Files.newInputStream(file);
        NDManager manager = PassthroughNDManager.INSTANCE.newSubManager()) {
      Map<String, Weights.Array> arrays = new LinkedHashMap<>();
      for (NDArray array : NDList.decode(manager, in)) {
        if (array.getDataType() == DataType.FLOAT32) {
          arrays.put(
              array.getName(),
              new Weights.Array(Shape.of(array.getShape().getShape()), array.toFloatArray()));
        }
      }
      if (arrays.isEmpty()) {
        throw new WeightsException(file.toString(), "holds no float32 arrays", null);
      }
      return new Weights(file.toString(), arrays);
    } catch (IOException | RuntimeException e) {
      if (e instanceof WeightsException known) {
        throw known;
      }
      throw new WeightsException(
          file.toString(), "is no whole .npz file (" + e.getMessage() + ")", e);
    }
  }

  /**
   * Writes a file that {@link #read} and {@code numpy.load} read.
   *
   * @throws IOException when it cannot be written
   */
  public static void write(Weights weights, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        NDManager manager = PassthroughNDManager.INSTANCE.newSubManager()) {
      NDList list = new NDList();
      weights
          .arrays()
          .forEach(
              (name, array) -> {
                long[] axes = array.shape().asArray();
                NDArray values =
                    manager.create(array.values(), new ai.djl.ndarray.types.Shape(axes));
                values.setName(name);
                list.add(values);
              });
      list.encode(out, NDList.Encoding.NPZ);
    }
  }
}
