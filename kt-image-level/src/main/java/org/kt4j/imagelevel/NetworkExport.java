package org.kt4j.imagelevel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Taps;
import org.kt4j.config.NearestName;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
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
import org.kt4j.engine.export.ServingModel;
import org.kt4j.engine.graph.BinaryWeight;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.PackedWeights;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A network as a SavedModel: from pictures of any size to its logits, with its weights as constants
 * and batch normalisation multiplied into the convolutions. It does not contain the teacher,
 * auxiliary variables, or anything else that only training needs.
 *
 * <p>Its tag is {@value SavedModelFile#TAG}, its signature {@value SavedModelFile#SIGNATURE}, from
 * {@value #IMAGES}, uint8 or float32 {@code [B, h, w, C]} (bytes, or numbers from 0 to 1), to
 * {@value Taps#LOGITS}, float32 {@code [B, K]}, to what a task adds, and to the taps that were
 * asked for.
 *
 * <p>Pictures of another size than the network's are resized in the graph as {@link
 * org.kt4j.data.Picture#resized} does it: where an axis shrinks, by the mean of the area that a new
 * pixel covers, where it grows, between the two nearest pixel centres. Then {@code (pixel / 255 -
 * mean) / std}.
 */
public final class NetworkExport {

  /** The input. */
  public static final String IMAGES = "images";

  /** As TensorFlow itself calls the input of a signature. */
  private static final String FED = "serving_default_" + IMAGES;

  /** Bytes, where the signature takes numbers. */
  private static final String FED_BYTES = "bytes_" + IMAGES;

  /**
   * How far the logits of a network that {@linkplain LogitFunction#rounds rounds} may be apart on
   * the average, as a share of their mean absolute value.
   */
  public static final double ROUNDED_TOLERANCE = 5e-2;

  private static final String TAPS = "taps";

  /** Pictures at once. */
  private static final int BATCH = 100;

  private final TrainedNetwork network;
  private final ExportOptions options;
  private final List<ServingModel.Port> outputs;
  private final ServingModel model;
  private final Counts counts;
  private final @Nullable Weights packed;
  private final Weights trained;

  /**
   * Facts about the exported model.
   *
   * @param parameters trainable parameters of the network
   * @param flops of one picture's forward pass, a multiplication and an addition counted as two
   * @param folded normalisations that were multiplied into a convolution
   * @param normalisations how many there were
   * @param singleBytes the size of {@code saved_model.pb} in single precision
   */
  public record Facts(
      long parameters, long flops, int folded, int normalisations, long singleBytes) {}

  /** What of the facts does not depend on the signatures. */
  private record Counts(long parameters, long flops, int folded, int normalisations) {}

  private NetworkExport(
      ServingModel model,
      TrainedNetwork network,
      ExportOptions options,
      List<ServingModel.Port> outputs,
      Counts counts,
      @Nullable Weights packed,
      Weights trained) {
    this.packed = packed;
    this.trained = trained;
    this.network = network;
    this.options = options;
    this.outputs = outputs;
    this.model = model;
    this.counts = counts;
  }

  /**
   * Builds the model.
   *
   * @param added outputs beside the logits by name, {@code [B, K]} like them and computed from them
   * @throws org.kt4j.engine.teacher.WeightsException when the weights are those of another network
   * @throws ExportException when the network has no such tap, or a tap has the name of another
   *     output, or a weight is too large for half precision
   */
  public static NetworkExport of(
      TrainedNetwork network,
      ExportOptions options,
      Map<String, BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>>> added) {
    try (ImageGraph graph = new ImageGraph(network.shape())) {
      Ops tf = graph.tf();
      Operand<TFloat32> pixels = pixels(tf, network.shape(), options); // [B, H, W, C]
      Variables variables = new Variables(tf, "student", 0);
      Layers nn = Layers.evaluation(tf.withSubScope("network"), variables);
      Operand<TFloat32> logits =
          network
              .network()
              .build(
                  nn,
                  graph.normalised(
                      tf.withSubScope("normalise"), pixels, network.normalization())); // [B, K]
      tf.withName(Taps.LOGITS).identity(logits);
      List<ServingModel.Port> outputs = new ArrayList<>();
      List<Long> scores = List.of(-1L, logits.shape().get(1));
      outputs.add(port(Taps.LOGITS, Taps.LOGITS, scores));
      Map<String, BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>>> further =
          new LinkedHashMap<>(added);
      further.forEach(
          (name, output) -> {
            tf.withName(name).identity(output.apply(tf, logits));
            outputs.add(port(name, name, scores));
          });
      outputs.addAll(taps(tf, nn, options.taps(), outputs));

      List<String> operations = outputs.stream().map(ServingModel.Port::operation).toList();
      ConstantGraph constant = new ConstantGraph(graph.graph().toGraphDef());
      Map<Variable, float[]> values = network.weights().of(variables);
      constant.fix(values);
      Weights trained = network.weights();
      Weights packed = null;
      if (!nn.binaryWeights().isEmpty()) {
        fixSigns(constant, nn.binaryWeights(), values);
        Weights named = Weights.of(trained.source(), values);
        packed = PackedWeights.packed(named, nn.binaryWeights());
        trained = PackedWeights.withScales(named, nn.binaryWeights());
      }
      GraphDef whole = constant.upTo(withInput(operations));
      FoldedBatchNorm.Result folded =
          options.folded()
              ? FoldedBatchNorm.of(whole, operations)
              : new FoldedBatchNorm.Result(whole, 0);
      GraphDef reduced = ConstantGraph.reduced(folded.graph(), withInput(operations));
      return new NetworkExport(
          model(reduced, network, options, outputs),
          network,
          options,
          outputs,
          new Counts(
              variables.parameterCount(),
              nn.flopsPerImage(),
              nn.foldedNormalisations() + folded.count(),
              nn.foldedNormalisations() + FoldedBatchNorm.count(whole)),
          packed,
          trained);
    }
  }

  /** Signs and scales as constants, the same that are packed. */
  private static void fixSigns(
      ConstantGraph graph, List<BinaryWeight> binary, Map<Variable, float[]> values) {
    for (BinaryWeight weight : binary) {
      Variable variable = weight.variable();
      float[] numbers = Objects.requireNonNull(values.get(variable));
      float[] signs = numbers.clone();
      for (int i = 0; i < signs.length; i++) {
        signs[i] = PackedWeights.sign(signs[i]);
      }
      graph.fix(weight.signs().op().name(), variable.shape(), signs);
      Output<TFloat32> scale = weight.scale();
      if (scale != null) {
        float[] scales =
            PackedWeights.scales(
                Weights.Array.ofTensorFlow(variable.kind(), variable.shape(), numbers));
        graph.fix(scale.op().name(), Shape.of(scales.length), scales);
      }
    }
  }

  private static List<String> withInput(List<String> operations) {
    return Stream.concat(Stream.of(FED), operations.stream()).toList();
  }

  private static List<ServingModel.Port> taps(
      Ops tf, Layers nn, List<String> wanted, List<ServingModel.Port> outputs) {
    Map<String, Operand<TFloat32>> known = nn.taps();
    Ops scope = tf.withSubScope(TAPS);
    List<ServingModel.Port> ports = new ArrayList<>();
    for (String name : wanted.stream().distinct().toList()) {
      if (outputs.stream().anyMatch(port -> port.key().equals(name))) {
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
      TrainedNetwork network,
      ExportOptions options,
      List<ServingModel.Port> outputs) {
    return new ServingModel(graph)
        .signature(SavedModelFile.SIGNATURE, List.of(input(network, options)), outputs);
  }

  private static ServingModel.Port input(TrainedNetwork network, ExportOptions options) {
    boolean bytes = options.input() == ExportOptions.Input.UINT8;
    return new ServingModel.Port(
        IMAGES, FED, bytes ? DataType.DT_UINT8 : DataType.DT_FLOAT, sizes(network, options));
  }

  private static List<Long> sizes(TrainedNetwork network, ExportOptions options) {
    ImageShape shape = network.shape();
    return options.fixedSize()
        ? List.of(-1L, (long) shape.height(), (long) shape.width(), (long) shape.channels())
        : List.of(-1L, -1L, -1L, (long) shape.channels());
  }

  /** The pictures, 0 to 255, in the network's size. */
  private static Operand<TFloat32> pixels(Ops tf, ImageShape shape, ExportOptions options) {
    Shape given =
        options.fixedSize()
            ? Shape.of(-1, shape.height(), shape.width(), shape.channels())
            : Shape.of(-1, -1, -1, shape.channels());
    boolean isBytes = options.input() == ExportOptions.Input.UINT8;
    Operand<TUint8> bytes =
        tf.withName(isBytes ? FED : FED_BYTES).placeholder(TUint8.class, Placeholder.shape(given));
    Ops scope = tf.withSubScope("resize");
    if (isBytes) {
      return options.fixedSize()
          ? scope.dtypes.cast(bytes, TFloat32.class)
          : ResizedPictures.bytes(scope, bytes, shape);
    }
    Operand<TFloat32> divided =
        scope.math.div(scope.dtypes.cast(bytes, TFloat32.class), scope.constant(255f));
    Operand<TFloat32> unit = tf.withName(FED).placeholderWithDefault(divided, given);
    Operand<TFloat32> numbers = scope.math.mul(unit, scope.constant(255f));
    return options.fixedSize() ? numbers : ResizedPictures.numbers(scope, numbers, shape);
  }

  /**
   * Adds a signature to the model.
   *
   * @param key its name
   */
  public void addSignature(
      String key, List<ServingModel.Port> inputs, List<ServingModel.Port> outputs) {
    model.signature(key, inputs, outputs);
  }

  /** The input that takes bytes, whatever the first signature takes. */
  public ServingModel.Port bytes() {
    boolean isBytes = options.input() == ExportOptions.Input.UINT8;
    return new ServingModel.Port(
        IMAGES, isBytes ? FED : FED_BYTES, DataType.DT_UINT8, sizes(network, options));
  }

  /** An output by its name. */
  public ServingModel.Port output(String name) {
    return outputs.stream().filter(port -> port.key().equals(name)).findFirst().orElseThrow();
  }

  /** What came out. */
  public Facts facts() {
    return new Facts(
        counts.parameters(),
        counts.flops(),
        counts.folded(),
        counts.normalisations(),
        model.size());
  }

  /** What was exported. */
  public TrainedNetwork network() {
    return network;
  }

  /** The trained weights, as a file holds them: of a network of signs with their scales. */
  public Weights weights() {
    return trained;
  }

  /** What it is like. */
  public ExportOptions options() {
    return options;
  }

  /**
   * Writes the model, and what DJL and {@link ExportedNetwork} read of a model's folder; of a
   * network of signs also its weights in one bit each, see {@link PackedWeights}.
   *
   * @param about what else the file says
   * @param signature that DJL uses
   * @param serving further lines for DJL
   * @param folder that is there
   */
  public void write(ExportDetails about, String signature, List<String> serving, Path folder)
      throws IOException {
    ExportFormat format = ExportFormats.of(options.format());
    format.write(model, options, about, folder);
    List<String> lines = new ArrayList<>(format.serving(signature));
    lines.add("width=" + network.shape().width());
    lines.add("height=" + network.shape().height());
    lines.addAll(serving);
    Files.write(folder.resolve(ExportFolder.SERVING), lines);
    if (packed != null) {
      NpzFile.write(packed, folder.resolve(PackedWeights.FILE));
    }
  }

  /** The names of the files that {@link #write} writes. */
  public static Set<String> files(ExportOptions options) {
    Set<String> files = new TreeSet<>(ExportFormats.of(options.format()).files());
    files.add(ExportFolder.SERVING);
    files.add(PackedWeights.FILE);
    return files;
  }

  /**
   * Holds an export against what it was made from.
   *
   * @param pictures what both are asked
   * @return the largest difference of two logits, as a share of the largest logit
   * @throws ExportMismatchException when it is larger than rounding explains
   */
  public static double verify(
      LogitFunction original, LogitFunction exported, Precision precision, ImageDataset pictures) {
    double difference = 0;
    double largest = 0;
    double differences = 0;
    double sizes = 0;
    for (int first = 0; first < pictures.size(); first += BATCH) {
      int size = Math.min(BATCH, pictures.size() - first);
      byte[] pixels = pictures.pixels(first, size);
      float[] expected = original.logits(pixels, size);
      float[] found = exported.logits(pixels, size);
      for (int i = 0; i < expected.length; i++) {
        difference = Math.max(difference, Math.abs((double) expected[i] - found[i]));
        largest = Math.max(largest, Math.abs(expected[i]));
        differences += Math.abs((double) expected[i] - found[i]);
        sizes += Math.abs(expected[i]);
      }
    }
    if (original.rounds()) {
      requireAlikeOnTheWhole(differences / sizes, pictures);
      return difference / largest;
    }
    if (!(difference <= tolerance(precision) * largest)) {
      throw new ExportMismatchException(
          String.format(
              Locale.ROOT,
              "the export does not compute what the student computes: on %d pictures (%s) logits"
                  + " differ by up to %.3g, allowed: %.0e of the largest, %.3g",
              pictures.size(),
              pictures.name(),
              difference,
              tolerance(precision),
              largest));
    }
    return difference / largest;
  }

  private static void requireAlikeOnTheWhole(double share, ImageDataset pictures) {
    if (!(share <= ROUNDED_TOLERANCE)) {
      throw new ExportMismatchException(
          String.format(
              Locale.ROOT,
              "the export does not compute what the student computes: on %d pictures (%s) logits"
                  + " differ by %.3g of their size on the average, allowed with rounded activations:"
                  + " %.0e",
              pictures.size(),
              pictures.name(),
              share,
              ROUNDED_TOLERANCE));
    }
  }

  /** How far two logits may be apart, as a share of the largest: rounding, and nothing else. */
  public static double tolerance(Precision precision) {
    return precision == Precision.SINGLE ? 1e-4 : 5e-2;
  }
}
