package org.kt4j.engine.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.replica.Replication;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The layers that networks are written in. One instance builds one network once, either for
 * training (batch statistics, dropout) or for evaluation (running statistics).
 *
 * <p>Parameters carry PyTorch's names ({@code conv1.weight}, {@code bn1.running_mean}) and
 * convolutions and poolings pad as PyTorch does, so that weights trained there are exact here.
 */
public final class Layers {

  /** The epsilon of every batch normalisation, PyTorch's default. */
  public static final float BATCH_NORM_EPSILON = 1e-5f;

  /** The share of a new batch in the running statistics, PyTorch's default. */
  public static final float BATCH_NORM_MOMENTUM = 0.1f;

  private static final Pattern STAGE = Pattern.compile("stage\\d+");

  private final Ops tf;
  private final Variables variables;
  private final boolean training;
  private final Operand<TInt64> dropoutSeed;
  private final @Nullable Operand<TInt64> step;
  private final Replication replication;
  private final Map<String, Operand<TFloat32>> taps = new LinkedHashMap<>();
  private final List<StatisticUpdate> statisticUpdates = new ArrayList<>();
  private final List<Layer> layers = new ArrayList<>();
  private final Map<Output<?>, String> origins = new HashMap<>();
  private Map<String, Integer> widths = Map.of();
  private Arithmetic arithmetic = Arithmetic.FLOATS;
  private @Nullable String lastTap;
  private @Nullable String replacedTap;
  private @Nullable Operand<TFloat32> replacement;
  private long flops;
  private int dropouts;
  private int folded;
  private boolean blocksOfTwo;
  private final int variablesBefore;
  private int inStagesBefore;
  private int inPartsBefore;

  private Layers(
      Ops tf,
      Variables variables,
      boolean training,
      Operand<TInt64> dropoutSeed,
      @Nullable Operand<TInt64> step,
      Replication replication) {
    this.replication = replication;
    this.tf = tf;
    this.variables = variables;
    this.training = training;
    this.dropoutSeed = dropoutSeed;
    this.step = step;
    variablesBefore = variables.all().size();
    inStagesBefore = variablesBefore;
    inPartsBefore = variablesBefore;
  }

  /**
   * Builds for training.
   *
   * @param step the number of steps done, a scalar; what dropout draws is a function of it
   */
  public static Layers training(Ops tf, Variables variables, Operand<TInt64> step) {
    return training(tf, variables, step, Replication.ALONE);
  }

  /**
   * Builds for training by several workers.
   *
   * @param step the number of steps done, a scalar; what dropout draws is a function of it and of
   *     the worker
   */
  public static Layers training(
      Ops tf, Variables variables, Operand<TInt64> step, Replication replication) {
    return new Layers(
        tf, variables, true, drawn(tf, step, replication.replicas().rank()), step, replication);
  }

  /**
   * A number that random draws of a step are a function of: other draws in each worker, and those
   * of one worker in the first.
   *
   * @param step the number of steps done, a scalar
   * @param rank of the worker
   */
  public static Operand<TInt64> drawn(Ops tf, Operand<TInt64> step, int rank) {
    return rank == 0 ? step : tf.math.add(step, tf.constant((long) rank << 40));
  }

  /**
   * Builds for training with the running statistics, which stay as they are, and without dropout.
   *
   * @param step the number of steps done, a scalar
   */
  public static Layers fineTuning(Ops tf, Variables variables, Operand<TInt64> step) {
    return new Layers(tf, variables, false, tf.constant(0L), step, Replication.ALONE);
  }

  /** Builds for evaluation. */
  public static Layers evaluation(Ops tf, Variables variables) {
    return new Layers(tf, variables, false, tf.constant(0L), null, Replication.ALONE);
  }

  /**
   * Rounds the weights and activations of the layers that follow; what these layers cover, not what
   * is added by {@link #tf}.
   *
   * @return this
   */
  public Layers quantized(Quantization quantization) {
    if (arithmetic == Arithmetic.FLOATS) {
      arithmetic = new RoundedLayers(tf, variables, quantization, step, statisticUpdates);
    }
    return this;
  }

  /**
   * Lets the layers with weights that follow compute with signs; what these layers cover, not what
   * is added by {@link #tf}.
   *
   * @param inFloats names of layers that do not
   * @return this
   */
  public Layers binary(Binarization binarization, Set<String> inFloats) {
    if (arithmetic == Arithmetic.FLOATS) {
      arithmetic = new BinaryLayers(tf, variables, binarization, inFloats, step != null);
    }
    return this;
  }

  /**
   * A convolution or dense layer that was built.
   *
   * @param name of the layer
   * @param operation the name of its operation in the graph
   * @param asked the filters that the network asked for, which {@link #withWidths} may have
   *     changed; 0 where their number follows from something else
   * @param filters those that it has
   * @param flops of one image, a multiplication and an addition counted as two
   */
  public record Layer(String name, String operation, int asked, int filters, long flops) {

    /** Whether the number of its filters can be set: it is a convolution, and no depthwise one. */
    public boolean hasWidth() {
      return asked > 0;
    }
  }

  /** What was built, in the order of the forward pass. */
  public List<Layer> layers() {
    return Collections.unmodifiableList(layers);
  }

  /**
   * Gives convolutions that follow another number of filters than the network asks for.
   *
   * @param filters by the name of the convolution
   * @return this
   */
  public Layers withWidths(Map<String, Integer> filters) {
    widths = Map.copyOf(filters);
    return this;
  }

  /** How many weights have been rounded. */
  public int roundedWeights() {
    return arithmetic.roundedWeights();
  }

  /** The weights that are signs, in the order of the forward pass. */
  public List<BinaryWeight> binaryWeights() {
    return arithmetic.binaryWeights();
  }

  /**
   * Whether a block of two convolutions that can do so adds what it adds behind the first of them
   * already, and that sum behind the second; see {@link Binarization#shortcuts}.
   */
  public boolean hasShortcutOfEachConvolution() {
    blocksOfTwo = true;
    return arithmetic.hasShortcutOfEachConvolution();
  }

  /** How many normalisations have been multiplied into the convolution below them. */
  public int foldedNormalisations() {
    return folded;
  }

  /** Whether a block has asked for {@link #hasShortcutOfEachConvolution}. */
  public boolean hasBlocksOfTwo() {
    return blocksOfTwo;
  }

  /** The operations underneath, for what no layer covers. */
  public Ops tf() {
    return tf;
  }

  /** Whether this build is for training. */
  public boolean isTraining() {
    return training;
  }

  /** The named activations, in the order of the forward pass. */
  public Map<String, Operand<TFloat32>> taps() {
    return taps;
  }

  /**
   * One of them.
   *
   * @throws IllegalArgumentException when there is no such tap
   */
  public Operand<TFloat32> tapped(String name) {
    Operand<TFloat32> activation = taps.get(name);
    if (activation == null) {
      throw new IllegalArgumentException("no tap '" + name + "'; known: " + taps.keySet());
    }
    return activation;
  }

  /** The named activations' static shapes, in the order of the forward pass. */
  public TapShapes tapShapes() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    taps.forEach((name, operand) -> shapes.put(name, operand.shape()));
    return TapShapes.of(shapes);
  }

  /** What a training step runs beside the gradients: the updates of the running statistics. */
  public List<StatisticUpdate> statisticUpdates() {
    return statisticUpdates;
  }

  /**
   * Floating-point operations of one image's forward pass in the convolutions and dense layers, a
   * multiplication and an addition counted as two.
   */
  public long flopsPerImage() {
    return flops;
  }

  /**
   * Gives an activation a name by which it can be read. A network continues with the returned
   * activation, which can differ from the given one.
   *
   * <p>The variables of the layers since the tap before belong to the part of the network of that
   * name, those of a tap {@code stageN} since the stage before. The layer that makes the logits is
   * the {@link Variables#HEAD}, all others are the {@link Variables#BACKBONE}.
   *
   * @throws IllegalStateException when the name is taken
   */
  public Operand<TFloat32> tap(String name, Operand<TFloat32> activation) {
    Operand<TFloat32> other = replacement;
    Operand<TFloat32> kept = name.equals(replacedTap) && other != null ? other : activation;
    if (taps.putIfAbsent(name, kept) != null) {
      throw new IllegalStateException("two taps are called '" + name + "'");
    }
    if (name.equals(Taps.LOGITS)) {
      head(kept);
    } else {
      part(
          name.endsWith(Taps.PRE_RELU)
              ? name.substring(0, name.length() - Taps.PRE_RELU.length())
              : name);
    }
    if (name.equals(lastTap)) {
      throw new LastTapReached();
    }
    return kept;
  }

  /**
   * Says that the layers so far stand before the first stage: they are the part {@code stem}, and
   * none of that stage.
   */
  public void stem() {
    part("stem");
    inStagesBefore = inPartsBefore;
  }

  private void part(String name) {
    int all = variables.all().size();
    if (STAGE.matcher(name).matches()) {
      variables.part(name, variables.since(inStagesBefore));
      inStagesBefore = all;
    } else {
      variables.part(name, variables.since(inPartsBefore));
    }
    inPartsBefore = all;
  }

  private void head(Operand<TFloat32> logits) {
    String layer = origin(logits);
    List<Variable> built = variables.since(variablesBefore);
    List<Variable> head = built.stream().filter(each -> each.layer().equals(layer)).toList();
    variables.part(Variables.HEAD, head);
    head.stream()
        .filter(each -> each.kind().weight() || each.kind() == Variable.Kind.BIAS)
        .forEach(each -> variables.outputsOfClasses(each, ClassOutputs.LOGITS));
    variables.part(
        Variables.BACKBONE, built.stream().filter(each -> !head.contains(each)).toList());
  }

  /**
   * Builds a part of a network: what lies behind a tap is not built, so that it has no variables.
   *
   * @param last the tap to stop at
   * @param network builds the whole
   * @return the activation there
   * @throws IllegalArgumentException when the network has no such tap
   */
  public Operand<TFloat32> until(String last, Runnable network) {
    lastTap = last;
    try {
      network.run();
    } catch (LastTapReached e) {
      return tapped(last);
    } finally {
      lastTap = null;
      variables.part(Variables.BACKBONE, variables.since(variablesBefore));
    }
    return tapped(last);
  }

  /**
   * Makes a network that is built after this call continue with another activation behind a tap.
   *
   * @param tap the tap's name
   * @param activation with as many channels
   */
  public void replace(String tap, Operand<TFloat32> activation) {
    replacedTap = tap;
    replacement = activation;
  }

  /**
   * Ends the building of a network; only this way can a function of the network be left halfway.
   */
  private static final class LastTapReached extends RuntimeException {

    private static final long serialVersionUID = 1;

    LastTapReached() {
      super("the last tap is reached", null, false, false);
    }
  }

  /** ReLU with a tap on either side: {@code name.pre-relu} before, {@code name} after it. */
  public Operand<TFloat32> tappedRelu(String name, Operand<TFloat32> x) {
    return tap(name, relu(tap(name + Taps.PRE_RELU, x)));
  }

  /** Convolution; parameters {@code name.weight} and, with a bias, {@code name.bias}. */
  public Operand<TFloat32> conv(String name, Operand<TFloat32> x, Conv asked) {
    Conv conv = asked.filters(widths.getOrDefault(name, asked.filters()));
    long in = channels(x);
    int k = conv.kernel();
    Variable weight =
        variables.heNormal(
            name + ".weight",
            Shape.of(k, k, in, conv.filters()),
            Variable.Kind.CONVOLUTION,
            in * k * k);
    Operand<TFloat32> input = arithmetic.input(x, name);
    Operand<TFloat32> y =
        arithmetic.product(name, convolved(name, input, arithmetic.weight(name, weight), conv));
    built(name, y, asked.filters(), positions(y) * conv.filters() * 2L * k * k * in);
    return withBias(name, input, weight, y, conv);
  }

  /**
   * Convolution that leads around others to an addition, such as the projection of a residual
   * block; as {@link #conv}, but a network with signs keeps it in floats.
   */
  public Operand<TFloat32> shortcutConv(String name, Operand<TFloat32> x, Conv conv) {
    arithmetic.shortcut(name);
    return conv(name, x, conv);
  }

  private Operand<TFloat32> convolved(
      String name, Operand<TFloat32> x, Operand<TFloat32> weight, Conv conv) {
    // What a 1x1 kernel skips is left out before: the gradient of oneDNN's own strided form writes
    // beyond its workspace when there are fewer than 16 channels (its issue 6035).
    boolean picks = conv.kernel() == 1 && conv.stride() > 1 && conv.padding() == 0;
    long stride = picks ? 1 : conv.stride();
    return tf.withName(name)
        .nn
        .conv2d(
            picks ? meanOfWindows(x, 1, conv.stride(), 0) : padded(x, conv, 0f),
            weight,
            List.of(1L, stride, stride, 1L),
            paddingName(conv));
  }

  /** Depthwise convolution: every channel with its own kernel. */
  public Operand<TFloat32> depthwiseConv(String name, Operand<TFloat32> x, Conv conv) {
    int k = conv.kernel();
    Variable weight =
        variables.heNormal(
            name + ".weight",
            Shape.of(k, k, channels(x), 1),
            Variable.Kind.DEPTHWISE,
            (long) k * k);
    Operand<TFloat32> input = arithmetic.input(x, name);
    Operand<TFloat32> y =
        arithmetic.product(
            name, convolvedDepthwise(name, input, arithmetic.weight(name, weight), conv));
    int filters = Math.toIntExact(channels(y));
    built(name, y, 0, positions(y) * filters * 2L * k * k);
    return withBias(name, input, weight, y, conv);
  }

  private Operand<TFloat32> convolvedDepthwise(
      String name, Operand<TFloat32> x, Operand<TFloat32> weight, Conv conv) {
    List<Long> strides = List.of(1L, (long) conv.stride(), (long) conv.stride(), 1L);
    return tf.withName(name)
        .nn
        .depthwiseConv2dNative(padded(x, conv, 0f), weight, strides, paddingName(conv));
  }

  /**
   * Batch normalisation over batch and positions; parameters {@code name.weight}, {@code
   * name.bias}, {@code name.running_mean}, {@code name.running_var}. As in PyTorch the running
   * variance is the unbiased one.
   */
  public Operand<TFloat32> batchNorm(String name, Operand<TFloat32> x) {
    Shape shape = Shape.of(channels(x));
    Variable scale = variables.filled(name + ".weight", shape, Variable.Kind.NORMALISATION, 1f);
    Variable offset = variables.filled(name + ".bias", shape, Variable.Kind.NORMALISATION, 0f);
    Variable mean =
        variables.filled(name + ".running_mean", shape, Variable.Kind.RUNNING_STATISTIC, 0f);
    Variable variance =
        variables.filled(name + ".running_var", shape, Variable.Kind.RUNNING_STATISTIC, 1f);
    Arithmetic.Convolved below = arithmetic.below(x);
    Operand<TFloat32> input = below == null ? arithmetic.read(x, name) : x;
    if (!training || isFrozen(mean, variance)) {
      return made(
          name,
          below == null
              ? normalised(name, input, scale, offset, mean.value(), variance.value(), false).y()
              : folded(name, below, scale, offset, mean, variance));
    }
    if (replication.synchronised() && !replication.replicas().alone()) {
      return made(name, synchronised(name, input, scale, offset, mean, variance));
    }
    Operand<TFloat32> none = tf.constant(new float[0]);
    FusedBatchNorm<TFloat32, TFloat32> batch =
        normalised(name, input, scale, offset, none, none, true);
    Output<TFloat32> y = batch.y();
    moves(name + ".mean", mean, y, batch.batchMean());
    moves(name + ".variance", variance, y, batch.batchVariance());
    return made(name, y);
  }

  private boolean isFrozen(Variable mean, Variable variance) {
    return variables.isFrozen(mean.name()) && variables.isFrozen(variance.name());
  }

  /** The convolution once more, with the normalisation multiplied into its weights. */
  private Operand<TFloat32> folded(
      String name,
      Arithmetic.Convolved conv,
      Variable scale,
      Variable offset,
      Variable mean,
      Variable variance) {
    boolean depthwise = conv.weight().kind() == Variable.Kind.DEPTHWISE;
    Operand<TFloat32> deviation =
        tf.math.sqrt(tf.math.add(variance.value(), tf.constant(BATCH_NORM_EPSILON)));
    Operand<TFloat32> factor = tf.math.realDiv(scale.value(), deviation); // [C]
    Operand<TFloat32> weight =
        tf.math.mul(
            conv.weight().value(),
            depthwise ? tf.reshape(factor, tf.array(-1, 1)) : factor); // [.., C] or [.., C, 1]
    Operand<TFloat32> kernel = arithmetic.folded(conv.weight(), weight);
    Variable bias = conv.bias();
    Operand<TFloat32> centre =
        bias == null ? mean.value() : tf.math.sub(mean.value(), bias.value());
    Operand<TFloat32> shift = tf.math.sub(offset.value(), tf.math.mul(centre, factor)); // [C]
    String called = conv.name() + ".folded";
    folded++;
    Operand<TFloat32> y =
        depthwise
            ? convolvedDepthwise(called, conv.input(), kernel, conv.conv())
            : convolved(called, conv.input(), kernel, conv.conv());
    return tf.withName(name).nn.biasAdd(y, shift);
  }

  private Operand<TFloat32> made(String name, Operand<TFloat32> y) {
    origins.put(y.asOutput(), name);
    arithmetic.made(name, y);
    return y;
  }

  private Operand<TFloat32> derived(
      List<Operand<TFloat32>> sources, String how, Operand<TFloat32> y) {
    origins.put(y.asOutput(), origin(sources.get(0)));
    arithmetic.derived(sources, how, y);
    return y;
  }

  private Operand<TFloat32> same(Operand<TFloat32> x, Operand<TFloat32> y) {
    origins.put(y.asOutput(), origin(x));
    arithmetic.same(x, y);
    return y;
  }

  private FusedBatchNorm<TFloat32, TFloat32> normalised(
      String name,
      Operand<TFloat32> x,
      Variable scale,
      Variable offset,
      Operand<TFloat32> mean,
      Operand<TFloat32> variance,
      boolean ofBatch) {
    return tf.withName(name)
        .nn
        .fusedBatchNorm(
            x,
            scale.value(),
            offset.value(),
            mean,
            variance,
            FusedBatchNorm.isTraining(ofBatch),
            FusedBatchNorm.epsilon(BATCH_NORM_EPSILON));
  }

  private Operand<TFloat32> synchronised(
      String name,
      Operand<TFloat32> x,
      Variable scale,
      Variable offset,
      Variable mean,
      Variable variance) {
    SynchronisedNorm norm =
        SynchronisedNorm.around(
            tf.withName(name),
            replication.replicas(),
            x,
            mean.value(),
            scale.value(),
            offset.value());
    moves(name + ".mean", mean, norm.y(), norm.mean());
    moves(name + ".variance", variance, norm.y(), norm.unbiasedVariance());
    return norm.y();
  }

  private void moves(
      String name, Variable running, Output<TFloat32> observed, Operand<TFloat32> batch) {
    statisticUpdates.add(
        new StatisticUpdate(observed, batch, value -> moved(name, running, value)));
  }

  private Op moved(String name, Variable running, Operand<TFloat32> batch) {
    // A name, no scope: opening one makes TensorFlow-Java list every operation of the graph.
    Ops scope = tf.withName(name);
    Operand<TFloat32> step =
        scope.math.mul(scope.math.sub(running.value(), batch), scope.constant(BATCH_NORM_MOMENTUM));
    return scope.assignSubVariableOp(running.handle(), step);
  }

  /**
   * Notes what another library calls a layer, in whose files its weights may lie: names of timm,
   * where the layer has torchvision's.
   */
  public void alsoCalled(String layer, String other) {
    variables.otherName(layer, other);
  }

  /** {@code max(x, 0)}. */
  public Operand<TFloat32> relu(Operand<TFloat32> x) {
    Operand<TFloat32> y = arithmetic.activated(x, tf.nn::relu);
    origins.put(y.asOutput(), origin(x));
    return y;
  }

  /** {@code min(max(x, 0), 6)}. */
  public Operand<TFloat32> relu6(Operand<TFloat32> x) {
    Operand<TFloat32> y = arithmetic.activated(x, tf.nn::relu6);
    origins.put(y.asOutput(), origin(x));
    return y;
  }

  /** Element-wise sum. */
  public Operand<TFloat32> add(Operand<TFloat32> x, Operand<TFloat32> y) {
    if (!widths.isEmpty() && channels(x) != channels(y)) {
      throw ConfigurationException.of(
          "widths: the outputs of "
              + origin(x)
              + ", "
              + channels(x)
              + " channels, and of "
              + origin(y)
              + ", "
              + channels(y)
              + ", are added to each other; allowed: the same width for layers whose outputs are"
              + " added");
    }
    Operand<TFloat32> first = arithmetic.read(x, "sum");
    Operand<TFloat32> second = arithmetic.read(y, "sum");
    return derived(List.of(first, second), "sum", tf.math.add(first, second));
  }

  /** Joins maps of one size along their channels. */
  public Operand<TFloat32> concat(List<Operand<TFloat32>> maps) {
    List<Operand<TFloat32>> parts =
        maps.stream().map(map -> arithmetic.read(map, "joined")).toList();
    return derived(parts, "joined", tf.concat(parts, tf.constant(3)));
  }

  /** Largest value in each window; padding never wins. */
  public Operand<TFloat32> maxPool(Operand<TFloat32> x, int kernel, int stride, int padding) {
    Conv window = new Conv(0, kernel, stride, padding, false);
    return same(
        x,
        tf.nn.maxPool(
            padded(x, window, -Float.MAX_VALUE),
            tf.array(1, kernel, kernel, 1),
            tf.array(1, stride, stride, 1),
            paddingName(window)));
  }

  /**
   * Largest value in each window, {@code ceil(size / stride)} windows in each direction: as many as
   * a padded convolution of that stride makes. Padding never wins.
   *
   * <p>A window of 3 with stride 2 is what Caffe and PyTorch's {@code ceil_mode} make of an even
   * size without padding, and what a padding of 1 makes of an odd one.
   */
  public Operand<TFloat32> maxPoolRoundedUp(Operand<TFloat32> x, int kernel, int stride) {
    return same(
        x,
        tf.nn.maxPool(x, tf.array(1, kernel, kernel, 1), tf.array(1, stride, stride, 1), "SAME"));
  }

  /** Mean of each window; padding counts as zeros, PyTorch's default. */
  public Operand<TFloat32> avgPool(Operand<TFloat32> x, int kernel, int stride, int padding) {
    Operand<TFloat32> y = meanOfWindows(x, kernel, stride, padding);
    return kernel == 1 ? same(x, y) : derived(List.of(x), "pooled", y);
  }

  private Operand<TFloat32> meanOfWindows(
      Operand<TFloat32> x, int kernel, int stride, int padding) {
    // SAME would leave the padding out of the mean, so the zeros are written out.
    return tf.nn.avgPool(
        padding == 0 ? x : zeros(x, padding, 0f),
        List.of(1L, (long) kernel, (long) kernel, 1L),
        List.of(1L, (long) stride, (long) stride, 1L),
        "VALID");
  }

  /** Mean over all positions: {@code [B, H, W, C] -> [B, C]}. */
  public Operand<TFloat32> globalAvgPool(Operand<TFloat32> x) {
    return derived(List.of(x), "mean", tf.math.mean(x, tf.array(1, 2)));
  }

  /** {@code [B, H, W, C] -> [B, H*W*C]}, in PyTorch's order (channels first). */
  public Operand<TFloat32> flatten(Operand<TFloat32> x) {
    Shape shape = x.shape();
    long size = shape.get(1) * shape.get(2) * shape.get(3);
    Operand<TFloat32> ordered =
        shape.get(1) * shape.get(2) == 1 ? x : tf.linalg.transpose(x, tf.array(0, 3, 1, 2));
    return same(x, tf.reshape(ordered, tf.array(-1, Math.toIntExact(size))));
  }

  /** Dense layer with a bias: {@code [B, in] -> [B, units]}. */
  public Operand<TFloat32> dense(String name, Operand<TFloat32> x, int units) {
    long in = x.shape().get(1);
    Variable weight =
        variables.heNormal(name + ".weight", Shape.of(in, units), Variable.Kind.DENSE, in);
    Variable bias = variables.filled(name + ".bias", Shape.of(units), Variable.Kind.BIAS, 0f);
    Operand<TFloat32> input = arithmetic.input(x, name);
    Operand<TFloat32> product =
        arithmetic.product(name, tf.linalg.matMul(input, arithmetic.weight(name, weight)));
    built(name, product, 0, 2 * in * units);
    return made(name, tf.withName(name).nn.biasAdd(product, bias.value()));
  }

  /**
   * Dropout: in training each value is zero with the given probability and the others are scaled
   * up; in evaluation nothing happens.
   */
  public Operand<TFloat32> dropout(Operand<TFloat32> x, double rate) {
    // What is left after it is scaled up, which a range should not see.
    Operand<TFloat32> input = arithmetic.read(x, "dropout");
    if (!training || rate == 0) {
      return input;
    }
    Ops scope = tf.withName("dropout" + dropouts);
    Operand<TInt64> seed = scope.stack(List.of(dropoutSeed, scope.constant((long) dropouts++)));
    Operand<TFloat32> uniform =
        scope.random.statelessRandomUniform(scope.shape(input, TInt32.class), seed);
    Operand<TFloat32> kept =
        scope.dtypes.cast(
            scope.math.greaterEqual(uniform, scope.constant((float) rate)), TFloat32.class);
    Operand<TFloat32> factor = scope.math.mul(kept, scope.constant((float) (1 / (1 - rate))));
    Operand<TFloat32> y = scope.math.mul(input, factor);
    arithmetic.dropped(input, factor, y);
    return y;
  }

  /**
   * The shortcut without parameters of the CIFAR ResNets (option A of He et al.): every {@code
   * stride}-th pixel, new channels filled with zeros, half before and half after.
   */
  public Operand<TFloat32> zeroPaddedShortcut(Operand<TFloat32> x, int channels, int stride) {
    // The mean of one pixel is that pixel: the same as a strided slice, and many times faster.
    Operand<TFloat32> picked = stride == 1 ? x : avgPool(x, 1, stride, 0);
    int missing = Math.toIntExact(channels - channels(x));
    if (missing == 0) {
      return picked;
    }
    int before = missing / 2;
    int[][] sides = {{0, 0}, {0, 0}, {0, 0}, {before, missing - before}};
    return same(picked, tf.pad(picked, tf.constant(sides), tf.constant(0f)));
  }

  private Operand<TFloat32> withBias(
      String name, Operand<TFloat32> x, Variable weight, Operand<TFloat32> y, Conv conv) {
    Variable bias =
        conv.bias()
            ? variables.filled(name + ".bias", Shape.of(channels(y)), Variable.Kind.BIAS, 0f)
            : null;
    Operand<TFloat32> sum = bias == null ? y : tf.nn.biasAdd(y, bias.value());
    origins.put(sum.asOutput(), name);
    arithmetic.made(new Arithmetic.Convolved(name, x, weight, bias, conv), sum);
    return sum;
  }

  /** TensorFlow's SAME equals symmetric padding only where nothing is skipped. */
  private static boolean paddedByTheOp(Conv conv) {
    return conv.stride() == 1 && 2 * conv.padding() == conv.kernel() - 1;
  }

  private static String paddingName(Conv conv) {
    return paddedByTheOp(conv) ? "SAME" : "VALID";
  }

  private Operand<TFloat32> padded(Operand<TFloat32> x, Conv conv, float value) {
    return conv.padding() == 0 || paddedByTheOp(conv) ? x : zeros(x, conv.padding(), value);
  }

  private Operand<TFloat32> zeros(Operand<TFloat32> x, int padding, float value) {
    int[][] sides = {{0, 0}, {padding, padding}, {padding, padding}, {0, 0}};
    return tf.pad(x, tf.constant(sides), tf.constant(value));
  }

  private void built(String name, Operand<TFloat32> y, int asked, long ofImage) {
    flops += ofImage;
    layers.add(new Layer(name, y.op().name(), asked, Math.toIntExact(channels(y)), ofImage));
  }

  private static long positions(Operand<TFloat32> y) {
    return y.shape().get(1) * y.shape().get(2);
  }

  /** The layer that an activation comes from. */
  private String origin(Operand<TFloat32> x) {
    return origins.getOrDefault(x.asOutput(), x.op().name());
  }

  private static long channels(Operand<TFloat32> x) {
    Shape shape = x.shape();
    return shape.get(shape.numDimensions() - 1);
  }
}
