package org.kt4j.detection.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.kt4j.config.NearestName;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.data.Picture;
import org.kt4j.data.ReadFault;
import org.kt4j.data.file.FileSteps;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.training.Detector;
import org.kt4j.detection.training.PictureScaling;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.export.ConstantGraph;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportFolder;
import org.kt4j.engine.export.ExportFormat;
import org.kt4j.engine.export.ExportFormats;
import org.kt4j.engine.export.ExportMismatchException;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.FoldedBatchNorm;
import org.kt4j.engine.export.ModelCard;
import org.kt4j.engine.export.ServingModel;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.engine.task.AnsweringModel;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Writes detectors as SavedModels, or in another {@link ExportFormat}. Everything from the picture
 * to the boxes is in the graph, and the weights are constants in it, with batch normalisation
 * multiplied into the convolutions, so that the one file {@code saved_model.pb} is the detector.
 *
 * <p>Its tag is {@value SavedModelFile#TAG}, its signature {@value SavedModelFile#SIGNATURE}:
 *
 * <table>
 *   <caption>Inputs and outputs</caption>
 *   <tr><td>{@value #IMAGE}</td><td>uint8 or float32 {@code [h, w, 3]}</td>
 *       <td>red, green and blue, of any size from one pixel on; bytes, or numbers from 0 to 1</td></tr>
 *   <tr><td>{@value #BOXES}</td><td>float32 {@code [N, 4]}</td>
 *       <td>yMin, xMin, yMax, xMax, in pixels of that picture</td></tr>
 *   <tr><td>{@value #SCORES}</td><td>float32 {@code [N]}</td>
 *       <td>0 to 1, the largest first</td></tr>
 *   <tr><td>{@value #LABELS}</td><td>int32 {@code [N]}</td>
 *       <td>lines of {@value ExportFolder#CLASSES}, the first is 0</td></tr>
 *   <tr><td>taps</td><td>float32 {@code [1, H, W, C]}</td>
 *       <td>maps of the scaled picture, those that were asked for</td></tr>
 * </table>
 *
 * N is the number of objects found, which may be 0. Beside the graph lie {@value
 * ExportFolder#CLASSES}, one class a line, and {@value ExportFolder#SERVING}, from which DJL takes
 * its engine and options.
 */
public final class DetectorExport {

  /** The input, and the operation that is it. */
  public static final String IMAGE = "image";

  /** The output with the boxes, and the operation that it is of. */
  public static final String BOXES = "boxes";

  /** The output with the scores, likewise. */
  public static final String SCORES = "scores";

  /** The output with the labels, likewise. */
  public static final String LABELS = "labels";

  private DetectorExport() {}

  /** What an export may hold. */
  static Set<String> files(ExportOptions options) {
    Set<String> files = new TreeSet<>(ExportFormats.of(options.format()).files());
    files.addAll(List.of(ExportFolder.CLASSES, ExportFolder.SERVING, ModelCard.FILE));
    return files;
  }

  /**
   * Writes a detector. The folder is made under another name beside its own and then renamed, so
   * that it is there whole or not at all.
   *
   * @param detector the architecture
   * @param normalization of its input
   * @param weights of every variable; that there are others does not matter
   * @param classes a name for each label, without background
   * @param folder where to; folders above it are made
   * @param overwrite whether an export that is there is replaced
   * @throws org.kt4j.engine.teacher.WeightsException when the weights are those of another detector
   * @throws IllegalArgumentException when the classes are not as many as the detector's, or one is
   *     blank or longer than a line
   * @throws ExportException when the folder is there and is not to be replaced, or is something
   *     else than an export, or cannot be written
   */
  public static void write(
      FasterRcnn detector,
      Normalization normalization,
      Weights weights,
      List<String> classes,
      Path folder,
      boolean overwrite) {
    ExportOptions options = ExportOptions.defaults();
    ExportFolder target = new ExportFolder(folder, files(options), overwrite);
    ServingModel model = built(detector, normalization, weights, classes, options).model();
    target.write(
        beside -> {
          into(beside, model, options, ExportDetails.of(Map.of()), classes);
          return beside;
        });
  }

  /**
   * A detector, ready to be written.
   *
   * @param folded normalisations that were multiplied into a convolution
   * @param normalisations how many there were
   */
  record Built(ServingModel model, int folded, int normalisations) {}

  static Built built(
      FasterRcnn detector,
      Normalization normalization,
      Weights weights,
      List<String> classes,
      ExportOptions options) {
    if (classes.size() != detector.classes()) {
      throw new IllegalArgumentException(
          "classes: " + classes.size() + "; the detector has " + detector.classes());
    }
    ExportFolder.requireLines(classes);
    if (options.fixedSize()) {
      throw new ExportException(
          "--fixed-size: not with a detector, which has to know how far a picture was scaled; fix:"
              + " leave it out");
    }
    return built(detector, normalization, weights, options);
  }

  static void into(
      Path beside,
      ServingModel model,
      ExportOptions options,
      ExportDetails about,
      List<String> classes)
      throws IOException {
    ExportFormat format = ExportFormats.of(options.format());
    format.write(model, options, about, beside);
    ExportFolder.writeClasses(beside, classes);
    List<String> serving = new ArrayList<>(format.serving(SavedModelFile.SIGNATURE));
    serving.add("application=cv/object_detection");
    Files.write(beside.resolve(ExportFolder.SERVING), serving);
  }

  /**
   * How long a detector takes on this machine, exported in the fastest format in floats that is on
   * the class path.
   *
   * @param detector the architecture
   * @param normalization of its input
   * @param weights as in {@link #write}
   * @param pictures that it is asked in turn, of any size
   * @throws ExportException when nothing can be written to a temporary folder
   */
  public static AnsweringModel.Speed speed(
      FasterRcnn detector, Normalization normalization, Weights weights, List<Picture> pictures) {
    ExportOptions options = ExportOptions.defaults().format(ExportFormats.fastest().name());
    List<String> classes =
        IntStream.range(0, detector.classes()).mapToObj(Integer::toString).toList();
    try {
      Path folder = Files.createTempDirectory("kt4j-export");
      try {
        into(
            folder,
            built(detector, normalization, weights, options).model(),
            options,
            ExportDetails.of(Map.of()),
            classes);
        try (ExportedDetector export = ExportedDetector.open(folder)) {
          return export.speed(pictures);
        }
      } finally {
        FileSteps.deleteTree(folder);
      }
    } catch (IOException e) {
      throw new ExportException(
          "the time cannot be measured, for nothing can be written to a temporary folder: "
              + ReadFault.reason(e),
          e);
    }
  }

  private static Built built(
      FasterRcnn detector, Normalization normalization, Weights weights, ExportOptions options) {
    ImageShape shape = detector.picture();
    try (ImageGraph graph = new ImageGraph(shape)) {
      Ops tf = graph.tf();
      Ops scaling = tf.withSubScope("scaling");
      Operand<TUint8> image = image(tf, scaling, options.input());

      // In double precision, as PictureScaling and Finder do it outside of a graph.
      Operand<TFloat64> given =
          scaling.dtypes.cast(
              scaling.slice(scaling.shape(image), scaling.array(0), scaling.array(2)),
              TFloat64.class); // [2]: h, w
      Operand<TFloat64> seen = scaling.array((double) shape.height(), (double) shape.width());
      Operand<TFloat64> factor =
          scaling.min(scaling.math.div(seen, given), scaling.array(0)); // a scalar
      Operand<TUint8> scaled =
          PictureScaling.scaled(scaling, image, factor, shape, normalization); // [H, W, 3]
      Operand<TUint8> batch =
          scaling.withName("batch").expandDims(scaled, scaling.constant(0)); // [1, H, W, 3]
      Operand<TFloat32> areas =
          scaling.expandDims(
              scaling.dtypes.cast(
                  scaling.math.minimum(seen, scaling.math.mul(given, factor)), TFloat32.class),
              scaling.constant(0)); // [1, 2]

      Variables variables = new Variables(tf, "student", 0);
      FasterRcnn.Detections found =
          detector.detections(graph, tf.withSubScope("detector"), variables, areas);
      addOutputs(tf, found, factor);
      List<ServingModel.Port> taps = taps(tf, found.maps(), options.taps());
      List<String> operations =
          Stream.concat(
                  Stream.of(IMAGE, BOXES, SCORES, LABELS),
                  taps.stream().map(ServingModel.Port::operation))
              .toList();

      ConstantGraph constant = new ConstantGraph(graph.graph().toGraphDef());
      constant.fix(weights.complete(variables));
      constant.connect(graph.images().op().name(), batch.op().name(), DataType.DT_UINT8);
      GraphDef whole = constant.upTo(operations);
      FoldedBatchNorm.Result folded =
          options.folded()
              ? FoldedBatchNorm.of(whole, operations)
              : new FoldedBatchNorm.Result(whole, 0);
      return new Built(
          served(ConstantGraph.reduced(folded.graph(), operations), options.input(), taps),
          folded.count(),
          FoldedBatchNorm.count(whole));
    }
  }

  private static Operand<TUint8> image(Ops tf, Ops scope, ExportOptions.Input input) {
    Placeholder.Options any = Placeholder.shape(Shape.of(-1, -1, 3));
    if (input == ExportOptions.Input.UINT8) {
      return tf.withName(IMAGE).placeholder(TUint8.class, any);
    }
    Operand<TFloat32> unit = tf.withName(IMAGE).placeholder(TFloat32.class, any);
    Operand<TFloat32> bytes = scope.math.round(scope.math.mul(unit, scope.constant(255f)));
    return scope.dtypes.cast(
        scope.clipByValue(bytes, scope.constant(0f), scope.constant(255f)), TUint8.class);
  }

  private static List<ServingModel.Port> taps(
      Ops tf, Map<String, Operand<TFloat32>> known, List<String> wanted) {
    Ops scope = tf.withSubScope("taps");
    List<ServingModel.Port> ports = new ArrayList<>();
    for (String name : wanted.stream().distinct().toList()) {
      Operand<TFloat32> map = known.get(name);
      if (map == null) {
        throw new ExportException(NearestName.unknown("tap", name, known.keySet()));
      }
      scope.withName(name).identity(map);
      ports.add(
          new ServingModel.Port(
              name,
              "taps/" + name,
              DataType.DT_FLOAT,
              Arrays.stream(map.shape().asArray()).boxed().toList()));
    }
    return ports;
  }

  private static void addOutputs(Ops tf, FasterRcnn.Detections found, Operand<TFloat64> factor) {
    Ops scope = tf.withSubScope("found");
    Operand<TInt32> count = found.count(); // [1]
    Operand<TFloat32> boxes =
        scope.slice(
            first(scope, found.boxes()), // [M, 4]
            scope.array(0, 0),
            scope.concat(List.of(count, scope.array(4)), scope.constant(0))); // [N, 4]
    tf.withName(BOXES)
        .dtypes
        .cast(
            scope.math.div(scope.dtypes.cast(boxes, TFloat64.class), factor),
            TFloat32.class); // [N, 4]
    tf.withName(SCORES).slice(first(scope, found.scores()), scope.array(0), count); // [N]
    tf.withName(LABELS)
        .dtypes
        .cast(
            scope.slice(first(scope, found.labels()), scope.array(0), count), TInt32.class); // [N]
  }

  /** Of the one picture. */
  private static Operand<TFloat32> first(Ops scope, Operand<TFloat32> batch) {
    return scope.squeeze(batch, Squeeze.axis(List.of(0L)));
  }

  private static ServingModel served(
      GraphDef graph, ExportOptions.Input input, List<ServingModel.Port> taps) {
    DataType type = input == ExportOptions.Input.UINT8 ? DataType.DT_UINT8 : DataType.DT_FLOAT;
    List<ServingModel.Port> outputs = new ArrayList<>();
    outputs.add(port(BOXES, DataType.DT_FLOAT, -1, 4));
    outputs.add(port(SCORES, DataType.DT_FLOAT, -1));
    outputs.add(port(LABELS, DataType.DT_INT32, -1));
    outputs.addAll(taps);
    return new ServingModel(graph)
        .signature(SavedModelFile.SIGNATURE, List.of(port(IMAGE, type, -1, -1, 3)), outputs);
  }

  private static ServingModel.Port port(String operation, DataType type, long... sizes) {
    return new ServingModel.Port(operation, operation, type, Arrays.stream(sizes).boxed().toList());
  }

  /**
   * Loads an export and holds what it finds against what the detector finds.
   *
   * @param detector the architecture
   * @param normalization of its input
   * @param weights as in {@link #write}
   * @param folder the export
   * @param pictures of any size
   * @param precision of the weights that the export stores
   * @return the largest differences
   * @throws ExportException when the folder is no export
   * @throws ExportMismatchException when they differ by more than {@link DetectionTolerance} allows
   */
  public static DetectionAgreement verify(
      FasterRcnn detector,
      Normalization normalization,
      Weights weights,
      Path folder,
      List<Picture> pictures,
      Precision precision) {
    DetectionTolerance tolerance =
        detector.isQuantized() ? DetectionTolerance.ROUNDED : DetectionTolerance.of(precision);
    DetectionAgreement all = DetectionAgreement.NOTHING;
    try (Detector reference = new Detector(detector, normalization, weights);
        ExportedDetector exported = ExportedDetector.open(folder)) {
      for (Picture picture : pictures) {
        all =
            all.and(
                DetectionAgreement.of(
                    reference.detect(List.of(picture)).get(0),
                    exported.detect(picture),
                    detector.options(),
                    tolerance));
      }
    }
    if (!all.within(tolerance)) {
      throw new ExportMismatchException(
          folder
              + ": does not find in "
              + pictures.size()
              + " pictures what the detector finds: "
              + all
              + "; allowed: "
              + tolerance
              + "; do not use this export");
    }
    return all;
  }
}
