package org.kt4j.comparison.figures;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.objective.StepInputs;
import org.kt4j.engine.objective.TermScope;
import org.kt4j.engine.teacher.MountedTeacher;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.EuclideanNorm;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** Teacher, student before and student after in one graph, each looked at in one layer. */
final class SelectivityGraph implements AutoCloseable {

  private static final int BATCH_SIZE = 50;

  private final ImageGraph graph;
  private final Subject subject;
  private final LayerPair layers;
  private final Trio<MountedTeacher> networks;
  private final Trio<Operand<TFloat32>> maps;

  /** Mounts the three networks with their weights. */
  SelectivityGraph(Subject subject, LayerPair layers) {
    this.subject = subject;
    this.layers = layers;
    graph = new ImageGraph(subject.pictures().shape());
    try {
      networks =
          Trio.of(set -> subject.networks().of(set).mount(graph, set.key(), List.of(tap(set))));
      networks.all().forEach(MountedTeacher::load);
      maps = Trio.of(set -> networks.of(set).tap(tap(set)));
    } catch (RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  private String tap(NeuronSet set) {
    return set == NeuronSet.TEACHER ? layers.teacher() : layers.student();
  }

  /**
   * Shows pictures to the three networks.
   *
   * @param methods {@code nst} on the layers of this graph, by kernel
   * @param seen is told how many pictures were shown so far
   */
  Survey survey(ImageDataset pictures, Map<String, KnowledgeTransfer> methods, IntConsumer seen) {
    Ops tf = graph.tf().withSubScope("survey");
    List<Operand<TFloat32>> fetched = new ArrayList<>();
    fetched.add(products(tf));
    fetched.add(responses(tf));
    for (NeuronSet student : List.of(NeuronSet.BEFORE, NeuronSet.AFTER)) {
      methods.forEach((kernel, method) -> fetched.add(mmd(kernel, method, student)));
    }

    double[] products = new double[neurons() * neurons()];
    float[][] responses = new float[pictures.size()][];
    double[] mmd = new double[fetched.size() - 2];
    for (int first = 0; first < pictures.size(); first += BATCH_SIZE) {
      int size = Math.min(BATCH_SIZE, pictures.size() - first);
      List<float[]> results = run(pictures, first, size, fetched);
      for (int i = 0; i < products.length; i++) {
        products[i] += results.get(0)[i];
      }
      int channels = results.get(1).length / size;
      for (int i = 0; i < size; i++) {
        responses[first + i] = Arrays.copyOfRange(results.get(1), i * channels, (i + 1) * channels);
      }
      for (int m = 0; m < mmd.length; m++) {
        mmd[m] += results.get(2 + m)[0] * (double) size / pictures.size();
      }
      seen.accept(first + size);
    }
    List<KernelDistance> distances = new ArrayList<>();
    for (String kernel : methods.keySet()) {
      int k = distances.size();
      distances.add(new KernelDistance(kernel, mmd[k], mmd[methods.size() + k]));
    }
    return new Survey(
        new NeuronPatterns(Trio.of(this::channels), square(products)), responses, distances);
  }

  /**
   * What a neuron of each network does on each of some pictures.
   *
   * @param neurons one of each network
   */
  List<Trio<HeatMap>> heatMaps(ImageDataset pictures, Trio<Neuron> neurons) {
    List<float[]> activations = run(pictures, 0, pictures.size(), maps.all());
    Trio<float[]> each = new Trio<>(activations.get(0), activations.get(1), activations.get(2));
    return IntStream.range(0, pictures.size())
        .mapToObj(
            picture ->
                Trio.of(set -> heatMap(each.of(set), picture, neurons.of(set).channel(), set)))
        .toList();
  }

  private HeatMap heatMap(float[] activations, int picture, int channel, NeuronSet set) {
    Shape shape = maps.of(set).shape();
    return HeatMap.of(
        activations,
        Math.toIntExact(shape.get(1)),
        Math.toIntExact(shape.get(2)),
        channels(set),
        picture,
        channel);
  }

  private int channels(NeuronSet set) {
    return Math.toIntExact(maps.of(set).shape().get(3));
  }

  private int neurons() {
    return Trio.of(this::channels).all().stream().mapToInt(Integer::intValue).sum();
  }

  /** Inner products of the maps at length one, summed over the batch. */
  private Operand<TFloat32> products(Ops tf) {
    List<Operand<TFloat32>> patterns = maps.all().stream().map(map -> patterns(tf, map)).toList();
    Operand<TFloat32> rows =
        tf.reshape(
            tf.concat(patterns, tf.constant(2)), tf.array(-1, neurons())); // [B, HW, M] -> [BHW, M]
    return tf.linalg.matMul(rows, rows, MatMul.transposeA(true)); // [M, BHW] x [BHW, M] -> [M, M]
  }

  /** Each map at length one; a dead one stays zero. */
  private static Operand<TFloat32> patterns(Ops tf, Operand<TFloat32> map) {
    Shape shape = map.shape();
    int positions = Math.toIntExact(shape.get(1) * shape.get(2));
    int channels = Math.toIntExact(shape.get(3));
    Operand<TFloat32> x =
        tf.reshape(map, tf.array(-1, positions, channels)); // [B, H, W, C] -> [B, HW, C]
    return tf.math.divNoNan(
        x, tf.linalg.euclideanNorm(x, tf.array(1), EuclideanNorm.keepDims(true)));
  }

  private Operand<TFloat32> responses(Ops tf) {
    return tf.math.mean(tf.nn.relu(maps.teacher()), tf.array(1, 2)); // [B, H, W, C] -> [B, C]
  }

  /** The term between the teacher and one student, as a training would build it. */
  private Operand<TFloat32> mmd(String kernel, KnowledgeTransfer method, NeuronSet student) {
    Ops tf = graph.tf().withSubScope(student.key() + "-" + kernel);
    TapShapes teacherShapes = subject.teacher().taps();
    TapShapes studentShapes = subject.networks().of(student).taps();
    TermScope sees =
        new TermScope(
            "nst",
            teacherShapes,
            studentShapes,
            new Variables(tf, "auxiliary", 0),
            tf.constant(new int[0]), // it reads no labels
            StepInputs.of(tf, 1));
    Taps taps = method.taps(teacherShapes, studentShapes);
    Knowledge knowledge =
        method.teach(tf, sees.teacherSide(taps.teacher(), networks.teacher().taps()));
    return method.loss(
        tf, sees.studentSide(taps.student(), networks.of(student).taps()), knowledge);
  }

  private List<float[]> run(
      ImageDataset pictures, int first, int size, List<Operand<TFloat32>> fetched) {
    int bytes = pictures.shape().bytes();
    byte[] pixels = new byte[size * bytes];
    for (int i = 0; i < size; i++) {
      pictures.copyImage(first + i, pixels, i * bytes);
    }
    return graph.run(pixels, size, this::feed, fetched);
  }

  private List<Tensor> feed(Session.Runner runner, TUint8 pixels) {
    List<Tensor> opened = new ArrayList<>();
    networks.all().forEach(network -> opened.addAll(network.feed(runner, pixels)));
    return opened;
  }

  private static double[][] square(double[] rows) {
    int size = (int) Math.round(Math.sqrt(rows.length));
    double[][] square = new double[size][];
    for (int i = 0; i < size; i++) {
      square[i] = Arrays.copyOfRange(rows, i * size, (i + 1) * size);
    }
    return square;
  }

  @Override
  public void close() {
    graph.close();
  }
}
