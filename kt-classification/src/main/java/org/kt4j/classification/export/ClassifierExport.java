package org.kt4j.classification.export;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.kt4j.api.Taps;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportFolder;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.imagelevel.NetworkExport;
import org.kt4j.imagelevel.TrainedNetwork;

/**
 * A classifier as a SavedModel: from the picture to the probabilities, with its weights as
 * constants and batch normalisation multiplied into the convolutions. It does not contain the
 * teacher, auxiliary variables, or anything else that only training needs.
 *
 * <p>Its tag is {@value SavedModelFile#TAG}, its signature {@value SavedModelFile#SIGNATURE}:
 *
 * <table>
 *   <caption>Inputs and outputs</caption>
 *   <tr><td>{@value NetworkExport#IMAGES}</td><td>uint8 or float32 {@code [B, h, w, C]}</td>
 *       <td>any number of pictures of any size; bytes, or numbers from 0 to 1</td></tr>
 *   <tr><td>{@value Taps#LOGITS}</td><td>float32 {@code [B, K]}</td><td></td></tr>
 *   <tr><td>{@value #PROBABILITIES}</td><td>float32 {@code [B, K]}</td>
 *       <td>their softmax</td></tr>
 *   <tr><td>taps</td><td>float32, as in the network</td><td>those that were asked for</td></tr>
 * </table>
 *
 * A second signature, {@value #PROBABILITIES}, is for DJL's translator for classification: it has
 * that one output and takes bytes whatever the first one takes, for DJL makes numbers of bytes by
 * dividing integers (0.36, {@code TfNDArrayEx.toTensor}), which leaves zeros.
 *
 * <p>Pictures of another size than the network's are resized in the graph as {@link
 * org.kt4j.data.Picture#resized} does it: where an axis shrinks, by the mean of the area that a new
 * pixel covers, where it grows, between the two nearest pixel centres. Then {@code (pixel / 255 -
 * mean) / std}.
 */
public final class ClassifierExport {

  /** The output with the probabilities, and the signature that has nothing else. */
  public static final String PROBABILITIES = "probabilities";

  private static final int MOST_CLASSES_TOLD = 5;

  private final NetworkExport export;

  private ClassifierExport(NetworkExport export) {
    this.export = export;
  }

  /**
   * Builds the model.
   *
   * @throws org.kt4j.engine.teacher.WeightsException when the weights are those of another network
   * @throws org.kt4j.engine.export.ExportException when the network has no such tap, or a tap has
   *     the name of another output
   * @throws IllegalArgumentException when a class is blank or longer than a line
   */
  public static ClassifierExport of(TrainedNetwork classifier, ExportOptions options) {
    ExportFolder.requireLines(classifier.classes());
    NetworkExport export =
        NetworkExport.of(
            classifier, options, Map.of(PROBABILITIES, (tf, logits) -> tf.nn.softmax(logits)));
    export.addSignature(
        PROBABILITIES, List.of(export.bytes()), List.of(export.output(PROBABILITIES)));
    return new ClassifierExport(export);
  }

  /** Facts about the exported model. */
  public NetworkExport.Facts facts() {
    return export.facts();
  }

  /** The classifier that is exported. */
  public TrainedNetwork classifier() {
    return export.network();
  }

  /** The trained weights, as a file holds them. */
  Weights weights() {
    return export.weights();
  }

  /** The options of the export. */
  public ExportOptions options() {
    return export.options();
  }

  /** The names of the files that {@link #write} writes. */
  static Set<String> files(ExportOptions options) {
    Set<String> files = new TreeSet<>(NetworkExport.files(options));
    files.add(ExportFolder.CLASSES);
    return files;
  }

  /**
   * Writes the model, the classes and what DJL reads of a model's folder.
   *
   * @param about what else the file says
   * @param folder that is there
   */
  public void write(ExportDetails about, Path folder) throws IOException {
    export.write(about, PROBABILITIES, serving(), folder);
    ExportFolder.writeClasses(folder, classifier().classes());
  }

  /**
   * Writes the same without further details, and not in 8 bits, which would need pictures.
   *
   * @param folder that is there
   */
  public void write(Path folder) throws IOException {
    write(ExportDetails.of(Map.of()), folder);
  }

  private List<String> serving() {
    return List.of(
        "application=cv/image_classification",
        "translatorFactory=ai.djl.modality.cv.translator.ImageClassificationTranslatorFactory",
        "flag=" + (classifier().shape().channels() == 1 ? "GRAYSCALE" : "COLOR"),
        "toTensor=false",
        "applySoftmax=false",
        "topK=" + Math.min(MOST_CLASSES_TOLD, classifier().classes().size()));
  }
}
