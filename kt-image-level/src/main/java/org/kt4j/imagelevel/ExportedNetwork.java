package org.kt4j.imagelevel;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kt4j.api.Taps;
import org.kt4j.config.NearestName;
import org.kt4j.data.ImageShape;
import org.kt4j.data.ReadFault;
import org.kt4j.engine.export.Checksums;
import org.kt4j.engine.export.ExportFolder;
import org.kt4j.engine.export.ExportFormat;
import org.kt4j.engine.export.ExportFormats;
import org.kt4j.engine.export.ExportRunner;
import org.kt4j.engine.export.ModelPorts;
import org.kt4j.engine.export.ServingModel;
import org.kt4j.engine.model.ModelException;
import org.tensorflow.proto.DataType;

/**
 * A network that {@link NetworkExport} has written, run by what runs its format. Not safe for
 * several threads.
 */
public final class ExportedNetwork implements LogitFunction, AutoCloseable {

  private final ExportRunner model;
  private final ImageShape shape;
  private final long count;
  private final List<String> outputs;

  private ExportedNetwork(ExportRunner model, ImageShape shape, ModelPorts ports) {
    this.model = model;
    this.shape = shape;
    this.count = ports.output(Taps.LOGITS).orElseThrow().sizes().get(1);
    this.outputs = ports.outputs().stream().map(ServingModel.Port::key).sorted().toList();
  }

  /**
   * Whether a folder holds the export of a network with these outputs.
   *
   * @param added outputs beside the logits
   * @throws ModelException when it holds no model, or a damaged one
   */
  public static boolean isOne(Path folder, String... added) {
    return isOurs(ExportFormats.in(folder).ports(folder), added);
  }

  /**
   * Loads an export.
   *
   * @param what it should be, for the message: {@code classifier}
   * @param added outputs that it has beside the logits
   * @throws ModelException when the folder holds no model, or one from elsewhere; the message says
   *     what that one has
   */
  public static ExportedNetwork open(Path folder, String what, String... added) {
    ExportFormat format = ExportFormats.in(folder);
    ModelPorts ports = format.ports(folder);
    if (!isOurs(ports, added)) {
      throw new ModelException(
          folder,
          "is no "
              + what
              + " that kt4j has exported, from "
              + NetworkExport.IMAGES
              + " [any, any, any, 1 or 3] to "
              + Stream.concat(Stream.of(Taps.LOGITS), Arrays.stream(added))
                  .collect(Collectors.joining(" and "))
              + ": "
              + ports.others()
              + "; fix: kt export a run");
    }
    Checksums.require(folder);
    long channels = ports.input(NetworkExport.IMAGES).orElseThrow().sizes().get(3);
    ImageShape shape = shape(folder, Math.toIntExact(channels));
    return new ExportedNetwork(format.open(folder), shape, ports);
  }

  private static boolean isOurs(ModelPorts ports, String... added) {
    Optional<ServingModel.Port> images = ports.input(NetworkExport.IMAGES);
    return images.isPresent()
        && images.get().sizes().size() == 4
        && (images.get().type() == DataType.DT_UINT8 || images.get().type() == DataType.DT_FLOAT)
        && isTable(ports, Taps.LOGITS)
        && Arrays.stream(added).allMatch(output -> isTable(ports, output));
  }

  private static boolean isTable(ModelPorts ports, String output) {
    return ports.output(output).filter(port -> port.sizes().size() == 2).isPresent();
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
    return outputs;
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
    if (!outputs.contains(key)) {
      throw new IllegalArgumentException(NearestName.unknown("output", key, outputs));
    }
    return model
        .run(pixels, new long[] {size, height, width, shape.channels()}, List.of(key))
        .get(0)
        .values();
  }

  @Override
  public void close() {
    model.close();
  }
}
