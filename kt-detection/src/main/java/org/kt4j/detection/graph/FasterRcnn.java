package org.kt4j.detection.graph;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Quantization;
import org.kt4j.engine.graph.StatisticUpdate;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.objective.StudentGraph;
import org.kt4j.engine.replica.Replication;
import org.kt4j.engine.task.PrunableNetwork;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.CombinedNonMaxSuppression;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * A detector, as functions that add it to a graph: for training, for detecting, for teaching, and
 * for being pruned. Stateless.
 */
public final class FasterRcnn {

  /** Taps of a detector that are losses, scalars. */
  public static final String RPN_OBJECTNESS = "loss.rpn-objectness";

  /** Smooth L1 of the proposals' boxes. */
  public static final String RPN_BOX = "loss.rpn-box";

  /** Cross-entropy of the regions' classes. */
  public static final String REGION_CLASS = "loss.region-class";

  /** Smooth L1 of the regions' boxes. */
  public static final String REGION_BOX = "loss.region-box";

  /** Placeholder of the objects' boxes, {@code [B, G, 4]}. */
  public static final String BOXES = "boxes";

  /** Placeholder of the objects' labels, {@code [B, G]}: 1 or more, 0 padding, -1 difficult. */
  public static final String LABELS = "box-labels";

  /** Placeholder of the pictures' heights and widths within their padding, {@code [B, 2]}. */
  public static final String AREAS = "areas";

  /** The operation whose output are the regions of a step, {@code [B, R, 4]}. */
  private static final String REGIONS = "regions";

  private final Network backbone;
  private final FasterRcnnOptions options;
  private final ImageShape picture;
  private final Normalization normalization;
  private final int classes;
  private final int stride;
  private final @Nullable Quantization quantization;

  /**
   * A detector.
   *
   * @param backbone the network of {@link FasterRcnnOptions#backbone()}, for pictures of that size
   * @param classes without background
   * @throws IllegalArgumentException when the backbone lacks the tap, the tap has no positions, or
   *     the picture's size is no multiple of its stride
   */
  public FasterRcnn(
      Network backbone, FasterRcnnOptions options, Normalization normalization, int classes) {
    this(backbone, options, normalization, classes, null);
  }

  private FasterRcnn(
      Network backbone,
      FasterRcnnOptions options,
      Normalization normalization,
      int classes,
      @Nullable Quantization quantization) {
    this.backbone = backbone;
    this.options = options;
    this.quantization = quantization;
    this.picture = new ImageShape(options.height(), options.width(), 3);
    this.normalization = normalization;
    this.classes = classes;
    this.stride = strideOf();
  }

  /**
   * The same detector with rounded weights and activations. The four layers that predict, whose
   * output is read as numbers, compute in floats.
   */
  public FasterRcnn quantized(Quantization how) {
    return new FasterRcnn(backbone, options, normalization, classes, how);
  }

  private Layers evaluation(Ops tf, Variables variables) {
    return rounded(Layers.evaluation(tf, variables));
  }

  /** In training mode; a normalisation that is frozen is the one of evaluation. */
  private Layers training(
      Ops tf, Variables variables, Operand<TInt64> step, Replication replication) {
    return rounded(
        options.frozenBatchNorm()
            ? Layers.fineTuning(tf, variables, step)
            : Layers.training(tf, variables, step, replication));
  }

  private Layers rounded(Layers nn) {
    return quantization == null ? nn : nn.quantized(quantization);
  }

  /** Whether weights and activations are rounded. */
  public boolean isQuantized() {
    return quantization != null;
  }

  /** The size of the pictures that it sees. */
  public ImageShape picture() {
    return picture;
  }

  /** The options. */
  public FasterRcnnOptions options() {
    return options;
  }

  /** Picture from cell to cell of the map. */
  public int stride() {
    return stride;
  }

  /** The number of classes, without background. */
  public int classes() {
    return classes;
  }

  private int strideOf() {
    try (ImageGraph graph = new ImageGraph(picture)) {
      Layers nn = Layers.evaluation(graph.tf(), new Variables(graph.tf(), "tried", 0));
      Operand<TFloat32> map;
      try {
        map = map(graph, nn);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("tap: " + e.getMessage(), e);
      }
      Shape shape = map.shape();
      if (shape.numDimensions() != 4) {
        throw new IllegalArgumentException(
            "tap: " + options.tap() + " is " + shape + "; allowed: a map, [B, H, W, C]");
      }
      // Strides are powers of two; a size that is no multiple gives a map rounded up.
      double ratio = (double) picture.height() / shape.get(1);
      long down = 1L << Math.round(Math.log(ratio) / Math.log(2));
      if (shape.get(1) * down != picture.height() || shape.get(2) * down != picture.width()) {
        throw new IllegalArgumentException(
            "height, width: "
                + picture.height()
                + " x "
                + picture.width()
                + " give a map of "
                + shape.get(1)
                + " x "
                + shape.get(2)
                + " at "
                + options.tap()
                + "; allowed: multiples of its stride, which is "
                + down);
      }
      return Math.toIntExact(down);
    }
  }

  /** The backbone up to the tap. */
  private Operand<TFloat32> map(ImageGraph graph, Layers nn) {
    return nn.until(
        options.tap(), () -> backbone.build(nn, graph.normalised(nn.tf(), normalization)));
  }

  private BoxHead.Trunk trunk(ImageGraph graph) {
    return switch (options.head()) {
      case DENSE -> BoxHead.dense(options.headUnits());
      case STAGE ->
          (nn, features) -> {
            nn.replace(options.tap(), features);
            // What lies before the tap is built once more, but nothing depends on it.
            return nn.until(
                Taps.POOLED, () -> backbone.build(nn, graph.normalised(nn.tf(), normalization)));
          };
    };
  }

  private BoxHead head(
      ImageGraph graph,
      Layers nn,
      Variables variables,
      Operand<TFloat32> map,
      Operand<TFloat32> regions) {
    Operand<TFloat32> features = RoiAlign.of(nn.tf(), map, stride, regions, options.poolSize());
    return BoxHead.of(nn, variables, trunk(graph), features, classes);
  }

  /**
   * The detector in training mode. Its taps are the backbone's up to the map, the regions' {@code
   * logits} over background and classes {@code [B * R, K + 1]}, and the four losses.
   *
   * @param seed of the choice of anchors and regions
   */
  public StudentGraph.Source studentGraph(long seed) {
    return (graph, variables, step) -> studentGraph(graph, variables, step, seed);
  }

  private StudentGraph studentGraph(
      ImageGraph graph, Variables variables, Operand<TInt64> step, long seed) {
    Ops tf = graph.tf().withSubScope("training").withSubScope("student");
    Learning of =
        learning(
            graph, variables, () -> training(tf, variables, step, graph.replication()), step, seed);
    // All there are, for a head that is a stage of the backbone has some too.
    Set<Variable> fixed = options.frozenBatchNorm() ? normalisations(variables) : Set.of();

    Map<String, Operand<TFloat32>> taps = new LinkedHashMap<>(of.layers().taps());
    taps.put(Taps.LOGITS, of.head().logits());
    taps.put(RPN_OBJECTNESS, of.ofProposals().objectness());
    taps.put(RPN_BOX, of.ofProposals().box());
    taps.put(REGION_CLASS, of.ofRegions().classes());
    taps.put(REGION_BOX, of.ofRegions().box());
    List<StatisticUpdate> updates =
        java.util.stream.Stream.concat(
                of.layers().statisticUpdates().stream(),
                of.headLayers().statisticUpdates().stream())
            .toList();
    // How many of the sampled regions are right says more of the sampling than of the detector.
    return new StudentGraph(
        taps, shapes(taps), of.sampled().labels(), null, updates, fixed, Set.of(Taps.LOGITS));
  }

  /** A detector with what it learns from. */
  private record Learning(
      Layers layers,
      Layers headLayers,
      RegionProposals proposals,
      BoxHead head,
      SampledRegions sampled,
      Operand<TFloat32> regions,
      RegionProposals.Losses ofProposals,
      SampledRegions.Losses ofRegions) {}

  /**
   * Adds a detector that looks at sampled regions, and its losses.
   *
   * @param layers makes those of the map and those of the head
   * @param step the number of steps done, a scalar
   */
  private Learning learning(
      ImageGraph graph,
      Variables variables,
      Supplier<Layers> layers,
      Operand<TInt64> step,
      long seed) {
    Ops root = graph.tf();
    Operand<TFloat32> boxes =
        root.withName(BOXES).placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, 4)));
    Operand<TInt32> labels =
        root.withName(LABELS).placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, -1)));
    Operand<TFloat32> areas =
        root.withName(AREAS).placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2)));
    GroundTruth truth = new GroundTruth(boxes, labels);

    Layers nn = layers.get();
    Ops tf = nn.tf();
    Operand<TInt64> draws = Layers.drawn(tf, step, graph.replication().replicas().rank());
    Operand<TFloat32> map = map(graph, nn);
    RegionProposals rpn =
        RegionProposals.of(nn, variables, map, stride, options.rpnChannels(), options.anchors());
    RegionProposals.Losses ofProposals =
        rpn.losses(tf, truth, options.sampledAnchors(), draws, 2 * seed);
    RegionProposals.Best best =
        rpn.best(tf, areas, options.candidates(), options.proposals(), options.proposalOverlap());
    SampledRegions sampled =
        SampledRegions.of(tf, best, truth, options.sampledRegions(), draws, 2 * seed + 1);
    Operand<TFloat32> regions = root.withName(REGIONS).identity(sampled.boxes());
    Layers headLayers = layers.get();
    BoxHead head = head(graph, headLayers, variables, map, regions);
    return new Learning(
        nn,
        headLayers,
        rpn,
        head,
        sampled,
        regions,
        ofProposals,
        sampled.losses(tf, head, classes));
  }

  /**
   * The detector as it is pruned: in evaluation mode, but for the regions that it looks at, which
   * are those of a training step, and with the sum of its losses. They are of one picture, for they
   * are means over what is sampled of all.
   *
   * @param seed of the choice of anchors and regions
   */
  public PrunableNetwork.Built examined(ImageGraph graph, Variables variables, long seed) {
    Ops tf = graph.tf().withSubScope("examined");
    Learning of =
        learning(graph, variables, () -> evaluation(tf, variables), tf.constant(0L), seed);
    Operand<TFloat32> loss =
        tf.math.addN(
            List.of(
                of.ofProposals().objectness(),
                of.ofProposals().box(),
                of.ofRegions().classes(),
                of.ofRegions().box()));
    return new PrunableNetwork.Built(
        List.of(
            new PrunableNetwork.Part(of.layers(), 1),
            new PrunableNetwork.Part(of.headLayers(), options.proposals())),
        List.of(
            of.proposals().logits(),
            of.proposals().offsets(),
            of.head().logits(),
            of.head().offsets()),
        tf.reshape(loss, tf.array(1)), // [1]
        new PrunableNetwork.Regions(of.regions(), options.sampledRegions()));
  }

  private static TapShapes shapes(Map<String, Operand<TFloat32>> taps) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    taps.forEach((name, tap) -> shapes.put(name, tap.shape()));
    return TapShapes.of(shapes);
  }

  private static Set<Variable> normalisations(Variables variables) {
    return variables.all().stream()
        .filter(variable -> variable.kind() == Variable.Kind.NORMALISATION)
        .collect(Collectors.toSet());
  }

  /**
   * What was found in each picture, the surest first.
   *
   * @param boxes {@code [B, M, 4]}, in pixels of the scaled picture
   * @param scores {@code [B, M]}
   * @param labels {@code [B, M]}, whole numbers from 0; background is none of them
   * @param count how many of the M are no padding, {@code [B]}
   * @param maps the backbone's taps up to the map, of the scaled picture
   * @param flopsPerImage of the whole detector, convolutions and dense layers
   * @param flopsPerRegion the part of that for each region that is looked at
   */
  public record Detections(
      Operand<TFloat32> boxes,
      Operand<TFloat32> scores,
      Operand<TFloat32> labels,
      Operand<TInt32> count,
      Map<String, Operand<TFloat32>> maps,
      long flopsPerImage,
      long flopsPerRegion) {}

  /**
   * The detector in evaluation mode, over the same variables.
   *
   * @param scope for its operations
   * @param areas height and width of each picture within its padding, {@code [B, 2]}
   */
  public Detections detections(
      ImageGraph graph, Ops scope, Variables variables, Operand<TFloat32> areas) {
    Layers nn = evaluation(scope, variables);
    Operand<TFloat32> map = map(graph, nn);
    long flopsOfMap = nn.flopsPerImage();
    RegionProposals rpn =
        RegionProposals.of(nn, variables, map, stride, options.rpnChannels(), options.anchors());
    int number = options.proposals();
    RegionProposals.Best best =
        rpn.best(scope, areas, options.candidates(), number, options.proposalOverlap());
    Layers headLayers = evaluation(scope, variables);
    BoxHead head = head(graph, headLayers, variables, map, best.boxes());

    Operand<TFloat32> probabilities =
        scope.reshape(scope.nn.softmax(head.logits()), scope.array(-1, number, classes + 1));
    Operand<TFloat32> ofClasses =
        scope.math.mul(
            scope.slice(probabilities, scope.array(0, 0, 1), scope.array(-1, -1, -1)), // [B, P, K]
            scope.expandDims(scope.dtypes.cast(best.valid(), TFloat32.class), scope.constant(2)));
    Operand<TFloat32> references =
        scope.math.add(
            scope.zerosLike(scope.reshape(head.offsets(), scope.array(-1, number, classes, 4))),
            scope.expandDims(best.boxes(), scope.constant(2))); // [B, P, K, 4]
    Operand<TFloat32> boxes =
        BoxMath.clipped(
            scope,
            BoxMath.decoded(
                scope,
                references,
                scope.reshape(head.offsets(), scope.array(-1, number, classes, 4)),
                BoxHead.DEVIATIONS),
            scope.expandDims(scope.expandDims(areas, scope.constant(1)), scope.constant(1)));
    Suppressed kept = suppressed(scope, boxes, ofClasses);
    long ofHead =
        headLayers.flopsPerImage()
            - (options.head() == FasterRcnnOptions.Head.STAGE ? flopsOfMap : 0);
    return new Detections(
        kept.boxes(),
        kept.scores(),
        kept.labels(),
        kept.count(),
        nn.taps(),
        nn.flopsPerImage() + number * ofHead,
        ofHead);
  }

  /** What is left, as {@link Detections} has it. */
  private record Suppressed(
      Operand<TFloat32> boxes,
      Operand<TFloat32> scores,
      Operand<TFloat32> labels,
      Operand<TInt32> count) {}

  /**
   * Removes what overlaps something better of its class. Of equal scores that of the better
   * proposal counts as the better one, then that of the first class: the suppression is given
   * places instead of scores, for engines differ in which of two equal ones they choose.
   *
   * @param boxes {@code [B, P, K, 4]}
   * @param scores {@code [B, P, K]}
   */
  private Suppressed suppressed(Ops tf, Operand<TFloat32> boxes, Operand<TFloat32> scores) {
    int all = options.proposals() * classes;
    Operand<TFloat32> flat = tf.reshape(scores, tf.array(-1, all)); // [B, P K]
    TopK<TFloat32, TInt32> sorted = tf.nn.topK(flat, tf.constant(all), TInt32.class);
    // The smallest index first is the inverse of the order.
    Operand<TInt32> places =
        tf.nn.topK(tf.math.neg(sorted.indices()), tf.constant(all), TInt32.class).indices();
    Operand<TFloat32> reported =
        tf.dtypes.cast(
            tf.math.greater(flat, tf.constant((float) options.scoreThreshold())), TFloat32.class);
    Operand<TFloat32> worth =
        tf.math.mul(
            tf.dtypes.cast(tf.math.sub(tf.constant(all), places), TFloat32.class), reported);
    CombinedNonMaxSuppression kept =
        tf.image.combinedNonMaxSuppression(
            boxes,
            tf.reshape(worth, tf.array(-1, options.proposals(), classes)),
            tf.constant(options.detections()),
            tf.constant(options.detections()),
            tf.constant((float) options.detectionOverlap()),
            tf.constant(0f),
            CombinedNonMaxSuppression.clipBoxes(false));
    Operand<TFloat32> left = kept.nmsedScores(); // [B, M], 0 where there is nothing
    Operand<TInt32> place =
        tf.math.minimum(
            tf.math.sub(tf.constant(all), tf.dtypes.cast(left, TInt32.class)),
            tf.constant(all - 1));
    Operand<TFloat32> found =
        tf.math.mul(
            tf.gather(sorted.values(), place, tf.constant(1), Gather.batchDims(1L)),
            tf.dtypes.cast(tf.math.greater(left, tf.constant(0f)), TFloat32.class));
    return new Suppressed(kept.nmsedBoxes(), found, kept.nmsedClasses(), kept.validDetections());
  }

  /**
   * The detector as a teacher: its backbone's taps up to the map, and the logits of the regions
   * that the student of this graph looks at.
   *
   * @throws IllegalStateException when the student is no detector
   */
  public Map<String, Operand<TFloat32>> teaching(ImageGraph graph, Ops scope, Variables variables) {
    Operation regions = graph.graph().operation(REGIONS);
    if (regions == null) {
      throw new IllegalStateException("a detector teaches detectors only");
    }
    return teaching(graph, scope, variables, regions.<TFloat32>output(0));
  }

  /** The backbone's taps up to the map, without regions. */
  public Map<String, Operand<TFloat32>> maps(ImageGraph graph, Ops scope, Variables variables) {
    Layers nn = evaluation(scope, variables);
    map(graph, nn);
    return nn.taps();
  }

  /** The shapes of what a detector teaches. */
  public TapShapes taught() {
    try (ImageGraph graph = new ImageGraph(picture)) {
      Ops tf = graph.tf();
      Operand<TFloat32> regions =
          tf.placeholder(
              TFloat32.class, Placeholder.shape(Shape.of(-1, options.sampledRegions(), 4)));
      return shapes(teaching(graph, tf, new Variables(tf, "tried", 0), regions));
    }
  }

  private Map<String, Operand<TFloat32>> teaching(
      ImageGraph graph, Ops scope, Variables variables, Operand<TFloat32> regions) {
    Layers nn = evaluation(scope, variables);
    Operand<TFloat32> map = map(graph, nn);
    BoxHead head = head(graph, evaluation(scope, variables), variables, map, regions);
    Map<String, Operand<TFloat32>> taps = new LinkedHashMap<>(nn.taps());
    taps.put(Taps.LOGITS, head.logits());
    return taps;
  }
}
