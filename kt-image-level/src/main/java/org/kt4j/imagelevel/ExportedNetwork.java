package org.kt4j.imagelevel;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kt4j.api.Taps;
import org.kt4j.config.NearestName;
import org.kt4j.data.ImageShape;
import org.kt4j.data.ReadFault;
import org.kt4j.engine.export.Checksums;
import org.kt4j.engine.export.ExportFolder;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.graph.TensorFlowFailure;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.model.SavedModelFile;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** A network that {@link NetworkExport} has written, run by TensorFlow itself. */
public final class ExportedNetwork implements LogitFunction, AutoCloseable {

  private final SavedModelBundle model;
  private final ImageShape shape;
  private final String input;
  private final boolean bytes;
  private final long count;
  private final Map<String, String> outputs;

  private ExportedNetwork(SavedModelBundle model, ImageShape shape, SignatureDef signature) {
    this.model = model;
    this.shape = shape;
    TensorInfo images = signature.getInputsOrThrow(NetworkExport.IMAGES);
    this.input = images.getName();
    this.bytes = images.getDtype() == DataType.DT_UINT8;
    this.count = size(signature.getOutputsOrThrow(Taps.LOGITS), 1);
    this.outputs = new TreeMap<>();
    signature.getOutputsMap().forEach((key, info) -> outputs.put(key, info.getName()));
  }

  /**
   * Whether a folder holds the export of a network with these outputs.
   *
   * @param added outputs beside the logits
   * @throws ModelException when it holds no SavedModel, or a damaged one
   */
  public static boolean isOne(Path folder, String... added) {
    SignatureDef signature =
        SavedModelFile.graph(folder).getSignatureDefMap().get(SavedModelFile.SIGNATURE);
    return signature != null && isOurs(signature, added);
  }

  /**
   * Loads an export.
   *
   * @param what it should be, for the message: {@code classifier}
   * @param added outputs that it has beside the logits
   * @throws ModelException when the folder holds no SavedModel, or one from elsewhere; the message
   *     lists the signatures that it has
   */
  public static ExportedNetwork open(Path folder, String what, String... added) {
    // Its messages are ours, unlike those of TensorFlow's loader.
    Map<String, SignatureDef> signatures = SavedModelFile.graph(folder).getSignatureDefMap();
    SignatureDef signature = signatures.get(SavedModelFile.SIGNATURE);
    if (signature == null || !isOurs(signature, added)) {
      throw new ModelException(
          folder,
          "is no "
              + what
              + " that kt4j has exported: no signature "
              + SavedModelFile.SIGNATURE
              + " from "
              + NetworkExport.IMAGES
              + " [any, any, any, 1 or 3] to "
              + Stream.concat(Stream.of(Taps.LOGITS), Arrays.stream(added))
                  .collect(Collectors.joining(" and "))
              + "; it has: "
              + SavedModelFile.described(signatures)
              + "; fix: kt export a run");
    }
    Checksums.require(folder);
    long channels = size(signature.getInputsOrThrow(NetworkExport.IMAGES), 3);
    ImageShape shape = shape(folder, Math.toIntExact(channels));
    NativeRuntime.start();
    try {
      SavedModelBundle model =
          SavedModelBundle.loader(folder.toString())
              .withTags(SavedModelFile.TAG)
              .withConfigProto(NativeRuntime.sessionConfig())
              .load();
      return new ExportedNetwork(model, shape, signature);
    } catch (RuntimeException e) {
      throw new ModelException(
          folder,
          "TensorFlow cannot load it (" + TensorFlowFailure.reason(e) + "); fix: export it anew",
          e);
    }
  }

  private static boolean isOurs(SignatureDef signature, String... added) {
    TensorInfo images = signature.getInputsMap().get(NetworkExport.IMAGES);
    return images != null
        && images.getTensorShape().getDimCount() == 4
        && (images.getDtype() == DataType.DT_UINT8 || images.getDtype() == DataType.DT_FLOAT)
        && isTable(signature, Taps.LOGITS)
        && Arrays.stream(added).allMatch(output -> isTable(signature, output));
  }

  private static boolean isTable(SignatureDef signature, String output) {
    TensorInfo info = signature.getOutputsMap().get(output);
    return info != null && info.getTensorShape().getDimCount() == 2;
  }

  private static long size(TensorInfo info, int axis) {
    return info.getTensorShape().getDim(axis).getSize();
  }

  private static ImageShape shape(Path folder, int channels) {
    Path file = folder.resolve(ExportFolder.SERVING);
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
      return new ImageShape(
          Integer.parseInt(properties.getProperty("height", "")),
          Integer.parseInt(properties.getProperty("width", "")),
          channels);
    } catch (IOException | RuntimeException e) {
      throw new ModelException(
          file,
          "height and width cannot be read ("
              + (e instanceof IOException io ? ReadFault.reason(io) : "they are no whole numbers")
              + "); fix: copy the whole folder of the export",
          e);
    }
  }

  /** The size that pictures have inside the network. */
  public ImageShape shape() {
    return shape;
  }

  /** The number of logits. */
  public long count() {
    return count;
  }

  /** The outputs: logits, what a task added, and taps. */
  public List<String> outputs() {
    return List.copyOf(outputs.keySet());
  }

  @Override
  public float[] logits(byte[] pixels, int size) {
    return output(Taps.LOGITS, pixels, size, shape.height(), shape.width());
  }

  /**
   * One output, row-major.
   *
   * @param key one of {@link #outputs}
   * @param pixels uint8, {@code [size, height, width, C]}; resized where that is not the network's
   *     size
   * @param size the number of pictures
   * @throws IllegalArgumentException when there is no such output
   */
  public float[] output(String key, byte[] pixels, int size, int height, int width) {
    String tensor = outputs.get(key);
    if (tensor == null) {
      throw new IllegalArgumentException(NearestName.unknown("output", key, outputs.keySet()));
    }
    Session.Runner runner = model.session().runner();
    try (Tensor images = images(pixels, Shape.of(size, height, width, shape.channels()));
        Result result = runner.feed(input, images).fetch(tensor).run()) {
      return ImageGraph.floats((TFloat32) result.get(0));
    }
  }

  private Tensor images(byte[] pixels, Shape given) {
    if (bytes) {
      return TUint8.tensorOf(given, DataBuffers.of(pixels, true, false));
    }
    float[] unit = new float[pixels.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (pixels[i] & 0xFF) / 255f;
    }
    return TFloat32.tensorOf(given, DataBuffers.of(unit, true, false));
  }

  @Override
  public void close() {
    model.close();
  }
}
