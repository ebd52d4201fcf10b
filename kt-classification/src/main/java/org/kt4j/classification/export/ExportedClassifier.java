package org.kt4j.classification.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.kt4j.api.Taps;
import org.kt4j.data.ImageShape;
import org.kt4j.data.ReadFault;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportFolder;
import org.kt4j.engine.model.ModelException;
import org.kt4j.imagelevel.ExportedNetwork;
import org.kt4j.imagelevel.LogitFunction;

/** A classifier that {@link ClassifierExport} has written, run by what runs its format. */
public final class ExportedClassifier implements LogitFunction, AutoCloseable {

  private final ExportedNetwork network;
  private final List<String> classes;

  private ExportedClassifier(ExportedNetwork network, List<String> classes) {
    this.network = network;
    this.classes = classes;
  }

  /**
   * Whether a folder holds an export of this kind.
   *
   * @throws ModelException when it holds no model, or a damaged one
   */
  public static boolean isOne(Path folder) {
    return ExportedNetwork.isOne(folder, ClassifierExport.PROBABILITIES);
  }

  /**
   * Loads an export.
   *
   * @throws ModelException when the folder holds no model, or one from elsewhere; the message lists
   *     the signatures that it has
   */
  public static ExportedClassifier open(Path folder) {
    ExportedNetwork network =
        ExportedNetwork.open(folder, "classifier", ClassifierExport.PROBABILITIES);
    try {
      List<String> classes = classes(folder);
      if (classes.size() != network.count()) {
        throw new ModelException(
            folder,
            ExportFolder.CLASSES
                + ": "
                + classes.size()
                + " classes do not fit "
                + network.count()
                + " logits; fix: export it anew");
      }
      return new ExportedClassifier(network, classes);
    } catch (RuntimeException | Error e) {
      network.close();
      throw e;
    }
  }

  /**
   * Loads an export that was not written to a folder.
   *
   * @throws ExportException when there is no room for temporary files
   */
  public static ExportedClassifier of(ClassifierExport export) {
    try {
      Path folder = Files.createTempDirectory("kt4j-export");
      try {
        export.write(folder);
        return open(folder); // which needs the files no longer
      } finally {
        FileSteps.deleteTree(folder);
      }
    } catch (IOException e) {
      throw new ExportException(
          "the export cannot be written to a temporary folder: " + ReadFault.reason(e), e);
    }
  }

  private static List<String> classes(Path folder) {
    Path file = folder.resolve(ExportFolder.CLASSES);
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ModelException(
          file,
          "cannot be read (" + ReadFault.reason(e) + "); fix: copy the whole folder of the export",
          e);
    }
  }

  /** The size that pictures have inside the network. */
  public ImageShape shape() {
    return network.shape();
  }

  /** A name for each logit. */
  public List<String> classes() {
    return classes;
  }

  /** The outputs: logits, probabilities and taps. */
  public List<String> outputs() {
    return network.outputs();
  }

  @Override
  public float[] logits(byte[] pixels, int size) {
    return network.logits(pixels, size);
  }

  /**
   * The probabilities of some pictures; one call of the model.
   *
   * @param pixels uint8, {@code [size, H, W, C]} of the network's size
   * @param size the number of pictures
   * @return {@code size} rows of as many numbers as there are classes
   */
  public float[] probabilities(byte[] pixels, int size) {
    return output(ClassifierExport.PROBABILITIES, pixels, size, shape().height(), shape().width());
  }

  /**
   * One output, row-major; see {@link ExportedNetwork#output}.
   *
   * @param key one of {@link #outputs}, such as {@value Taps#LOGITS}
   */
  public float[] output(String key, byte[] pixels, int size, int height, int width) {
    return network.output(key, pixels, size, height, width);
  }

  @Override
  public void close() {
    network.close();
  }
}
