package org.kt4j.classification.export;

import org.kt4j.engine.export.ConstantGraph;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportFolder;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.FoldedBatchNorm;
import org.kt4j.engine.export.HalfPrecision;
import org.kt4j.engine.export.ServingModel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.kt4j.api.Taps;
import org.kt4j.engine.cache.Precision;
import org.kt4j.config.NearestName;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.classification.TrainedClassifier;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;

/**
 * A classifier as a SavedModel: from the picture to the probabilities, with its weights as
 * constants and batch normalisation multiplied into the convolutions. Teacher, auxiliary variables
 * and whatever else only training needs are no part of it.
 *
 * <p>Its tag is {@value SavedModelFile#TAG}, its signature {@value SavedModelFile#SIGNATURE}:
 *
 * <table>
 *   <caption>Inputs and outputs</caption>
 *   <tr><td>{@value #IMAGES}</td><td>uint8 or float32 {@code [B, h, w, C]}</td>
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
 * org.kt4j.data.Picture#resized} does it: where an axis shrinks, by the mean of the area
 * that a new pixel covers, where it grows, between the two nearest pixel centres. Then {@code
 * (pixel / 255 - mean) / std}.
 */
public final class ClassifierExport {

  /** The input. */
  public static final String IMAGES = "images";

  /** The output with the probabilities, and the signature that has nothing else. */
  public static final String PROBABILITIES = "probabilities";

  /** As TensorFlow itself calls the input of a signature. */
  private static final String FED = "serving_default_" + IMAGES;

  /** Bytes, where the first signature takes numbers. */
  private static final String FED_BYTES = PROBABILITIES + "_" + IMAGES;

  private static final String TAPS = "taps";

  private static final int MOST_CLASSES_TOLD = 5;

  private final ServingModel model;
  private final TrainedClassifier classifier;
  private final ExportOptions options;
  private final Facts facts;

  /**
   * What came out.
   *
   * @param parameters trainable parameters of the network
   * @param flops of one picture's forward pass, a multiplication and an addition counted as two
   * @param folded normalisations that were multiplied into a convolution
   * @param normalisations how many there were
   * @param singleBytes the size of {@code saved_model.pb} in single precision
   * @param bytes its size
   */
  public record Facts(
      long parameters, long flops, int folded, int normalisations, long singleBytes, long bytes) {}

  private ClassifierExport(
      ServingModel model, TrainedClassifier classifier, ExportOptions options, Facts facts) {
    this.model = model;
    this.classifier = classifier;
    this.options = options;
    this.facts = facts;
  }

  /**
   * Builds the model.
   *
   * @throws org.kt4j.engine.teacher.WeightsException when the weights are those of another network
   * @throws ExportException when the network has no such tap, or a tap has the name of another
   *     output, or a weight is too large for half precision
   * @throws IllegalArgumentException when a class is blank or longer than a line
   */
  public static ClassifierExport of(TrainedClassifier classifier, ExportOptions options) {
    ExportFolder.requireLines(classifier.classes());
    try (ImageGraph graph = new ImageGraph(classifier.shape())) {
      Ops tf = graph.tf();
      Operand<TFloat32> pixels = pixels(tf, classifier.shape(), options.input()); // [B, H, W, C]
      Variables variables = new Variables(tf, "student", 0);
      Layers nn = Layers.evaluation(tf.withSubScope("network"), variables);
      Operand<TFloat32> logits =
          classifier
              .network()
              .build(
                  nn,
                  graph.normalised(
                      tf.withSubScope("normalise"), pixels, classifier.normalization())); // [B, K]
      tf.withName(Taps.LOGITS).identity(logits);
      tf.withName(PROBABILITIES).nn.softmax(logits);
      List<ServingModel.Port> outputs = new ArrayList<>();
      List<Long> scores = List.of(-1L, (long) classifier.classes().size());
      outputs.add(port(Taps.LOGITS, Taps.LOGITS, scores));
      outputs.add(port(PROBABILITIES, PROBABILITIES, scores));
      outputs.addAll(taps(tf, nn, options.taps()));

      List<String> operations = outputs.stream().map(ServingModel.Port::operation).toList();
      ConstantGraph constant = new ConstantGraph(graph.graph().toGraphDef());
      constant.fix(classifier.weights().of(variables));
      GraphDef whole = constant.upTo(withInput(operations));
      FoldedBatchNorm.Result folded =
          options.folded()
              ? FoldedBatchNorm.of(whole, operations)
              : new FoldedBatchNorm.Result(whole, 0);
      GraphDef single = ConstantGraph.reduced(folded.graph(), withInput(operations));
      ServingModel inSingle = model(single, classifier, options, outputs);
      ServingModel model =
          options.precision() == Precision.SINGLE
              ? inSingle
              : model(HalfPrecision.of(single), classifier, options, outputs);
      Facts facts =
          new Facts(
              variables.parameterCount(),
              nn.flopsPerImage(),
              folded.count(),
              FoldedBatchNorm.count(whole),
              inSingle.size(),
              model.size());
      return new ClassifierExport(model, classifier, options, facts);
    }
  }

  private static List<String> withInput(List<String> operations) {
    return Stream.concat(Stream.of(FED), operations.stream()).toList();
  }

  private static List<ServingModel.Port> taps(Ops tf, Layers nn, List<String> wanted) {
    Map<String, Operand<TFloat32>> known = nn.taps();
    Ops scope = tf.withSubScope(TAPS);
    List<ServingModel.Port> ports = new ArrayList<>();
    for (String name : wanted.stream().distinct().toList()) {
      if (name.equals(Taps.LOGITS) || name.equals(PROBABILITIES)) {
        throw new ExportException("tap '" + name + "': that output is there without asking");
      }
      Operand<TFloat32> activation = known.get(name);
      if (activation == null) {
        throw new ExportException(NearestName.unknown("tap", name, known.keySet()));
      }
      scope.withName(name).identity(activation);
      ports.add(
          port(
              name,
              TAPS + "/" + name,
              Arrays.stream(activation.shape().asArray()).boxed().toList()));
    }
    return ports;
  }

  private static ServingModel.Port port(String key, String operation, List<Long> sizes) {
    return new ServingModel.Port(key, operation, DataType.DT_FLOAT, sizes);
  }

  private static ServingModel model(
      GraphDef graph,
      TrainedClassifier classifier,
      ExportOptions options,
      List<ServingModel.Port> outputs) {
    List<Long> sizes = List.of(-1L, -1L, -1L, (long) classifier.shape().channels());
    boolean bytes = options.input() == ExportOptions.Input.UINT8;
    ServingModel.Port input =
        new ServingModel.Port(IMAGES, FED, bytes ? DataType.DT_UINT8 : DataType.DT_FLOAT, sizes);
    ServingModel.Port ofDjl =
        new ServingModel.Port(IMAGES, bytes ? FED : FED_BYTES, DataType.DT_UINT8, sizes);
    return new ServingModel(graph)
        .signature(SavedModelFile.SIGNATURE, List.of(input), outputs)
        .signature(
            PROBABILITIES,
            List.of(ofDjl),
            outputs.stream().filter(port -> port.key().equals(PROBABILITIES)).toList());
  }

  /** The pictures, 0 to 255, in the network's size. */
  private static Operand<TFloat32> pixels(Ops tf, ImageShape shape, ExportOptions.Input input) {
    Shape any = Shape.of(-1, -1, -1, shape.channels());
    boolean isBytes = input == ExportOptions.Input.UINT8;
    Operand<TUint8> bytes =
        tf.withName(isBytes ? FED : FED_BYTES).placeholder(TUint8.class, Placeholder.shape(any));
    Ops scope = tf.withSubScope("resize");
    if (isBytes) {
      Operand<TFloat32> resized = resized(scope, bytes, shape);
      // To whole bytes again, which is what the network has seen in training.
      return scope.math.floor(scope.math.add(resized, scope.constant(0.5f)));
    }
    Operand<TFloat32> divided =
        scope.math.div(scope.dtypes.cast(bytes, TFloat32.class), scope.constant(255f));
    Operand<TFloat32> unit = tf.withName(FED).placeholderWithDefault(divided, any);
    return resized(scope, scope.math.mul(unit, scope.constant(255f)), shape);
  }

  private static Operand<TFloat32> resized(
      Ops tf, Operand<? extends TNumber> images, ImageShape shape) {
    Operand<TInt32> size = tf.array(shape.height(), shape.width());
    Operand<TInt32> given = tf.slice(tf.shape(images), tf.array(1), tf.array(2)); // [2]: h, w
    // Both are copies where there is nothing to do.
    Operand<TFloat32> shrunk = tf.image.resizeArea(images, tf.math.minimum(given, size));
    return tf.image.resizeBilinear(
        shrunk, size, ResizeBilinear.halfPixelCenters(true)); // [B, H, W, C]
  }

  /** What came out. */
  public Facts facts() {
    return facts;
  }

  /** What was exported. */
  public TrainedClassifier classifier() {
    return classifier;
  }

  /** What it is like. */
  public ExportOptions options() {
    return options;
  }

  /**
   * Writes {@code saved_model.pb}, the classes and what DJL reads of a model's folder.
   *
   * @param folder that is there
   */
  public void write(Path folder) throws IOException {
    model.write(folder);
    ExportFolder.writeClasses(folder, classifier.classes());
    Files.writeString(folder.resolve(ExportFolder.SERVING), servingProperties());
  }

  private String servingProperties() {
    ImageShape shape = classifier.shape();
    return String.format(
        Locale.ROOT,
        """
        engine=TensorFlow
        application=cv/image_classification
        translatorFactory=ai.djl.modality.cv.translator.ImageClassificationTranslatorFactory
        option.Tags=%s
        option.SignatureDefKey=%s
        width=%d
        height=%d
        flag=%s
        toTensor=false
        applySoftmax=false
        topK=%d
        batchifier=stack
        """,
        SavedModelFile.TAG,
        PROBABILITIES,
        shape.width(),
        shape.height(),
        shape.channels() == 1 ? "GRAYSCALE" : "COLOR",
        Math.min(MOST_CLASSES_TOLD, classifier.classes().size()));
  }
}
