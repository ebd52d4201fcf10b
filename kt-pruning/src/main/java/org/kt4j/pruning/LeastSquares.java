package org.kt4j.pruning;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.TensorName;
import org.tensorflow.Operand;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/**
 * Fits the layers behind removed channels to the outputs that they had: layer by layer from the
 * front, {@code min over W of |Y - X W|^2}, with {@code X} what the layer reads in the narrower
 * network and {@code Y} what it gave in the whole one, at some positions of some pictures (He et
 * al., Channel Pruning, 2017, equation 2, second step; Luo et al., ThiNet, 2017, equation 7).
 *
 * <p>Layers that look at regions look at those of the whole network in both.
 *
 * <p>A small ridge, {@value #RIDGE} of the mean square of what is read, keeps weights that the
 * positions say nothing about as they were.
 */
final class LeastSquares {

  static final double RIDGE = 1e-4;

  private static final int BATCH = 50;

  private LeastSquares() {}

  /**
   * Changes the weights of a narrower network.
   *
   * @param narrowed how it was made of the whole
   */
  static void fit(
      OpenNetwork whole, Narrowed narrowed, OpenNetwork narrow, Pictures pictures, long seed) {
    Map<String, ChannelGraph.Mixing> layers = new HashMap<>();
    whole.channels().mixing().forEach(each -> layers.put(each.weight().name(), each));
    for (ChannelGraph.Mixing mixing : narrow.channels().mixing()) {
      ChannelGraph.Mixing full = layers.get(mixing.weight().name());
      if (full != null && mixing.read().size() < full.read().size()) {
        fit(whole, full, narrowed, narrow, mixing, pictures, seed);
      }
    }
  }

  private static void fit(
      OpenNetwork whole,
      ChannelGraph.Mixing full,
      Narrowed narrowed,
      OpenNetwork narrow,
      ChannelGraph.Mixing mixing,
      Pictures pictures,
      long seed) {
    Samples wholeSamples = Samples.of(whole, full);
    Samples samples = Samples.of(narrow, mixing);
    Channels made = full.made();
    int[] filters =
        made == null
            ? IntStream.range(0, wholeSamples.outputs()).toArray()
            : narrowed.filters(made);
    float[] first = narrow.values(mixing.weight());
    int rows = pictures.size() * samples.positions();
    int columns = samples.patch();
    DMatrixRMaj read = new DMatrixRMaj(rows, columns);
    DMatrixRMaj missing = new DMatrixRMaj(rows, filters.length);
    int row = 0;
    for (int[] range : pictures.parts(BATCH)) {
      Pictures.Part part = pictures.part(range[0], range[1]);
      Operand<TFloat32> regions = whole.regions();
      boolean looks = regions != null && whole.rows(full.operation()) > 1;
      Operand<TFloat32> input = input(whole, wholeSamples);
      List<float[]> ofWhole =
          run(whole, part, part.beside(), looks ? List.of(input, regions) : List.of(input));
      float[] wholeRead = ofWhole.get(0);
      float[] narrowRead =
          run(
                  narrow,
                  part,
                  looks ? at(narrow, ofWhole.get(1), part) : part.beside(),
                  List.of(input(narrow, samples)))
              .get(0);
      for (int place = 0; place < part.size(); place++) {
        float[][] x = samples.patches(narrowRead, place, part.keys()[place], seed);
        float[][] before = wholeSamples.patches(wholeRead, place, part.keys()[place], seed);
        for (int p = 0; p < x.length; p++, row++) {
          double[] y = Samples.product(before[p], wholeSamples.weights(), wholeSamples.outputs());
          double[] now = Samples.product(x[p], first, filters.length);
          for (int i = 0; i < columns; i++) {
            read.set(row, i, x[p][i]);
          }
          for (int o = 0; o < filters.length; o++) {
            missing.set(row, o, y[filters[o]] - now[o]);
          }
        }
      }
    }
    DMatrixRMaj change = solved(read, missing);
    float[] fitted = new float[first.length];
    for (int i = 0; i < fitted.length; i++) {
      fitted[i] = (float) (first[i] + change.get(i));
    }
    narrow.assign(mixing.weight(), fitted);
  }

  /**
   * The ridge regression of one matrix on another.
   *
   * @param x {@code [n, in]}
   * @param y {@code [n, out]}
   * @return {@code [in, out]}
   */
  static DMatrixRMaj solved(DMatrixRMaj x, DMatrixRMaj y) {
    int columns = x.getNumCols();
    DMatrixRMaj square = new DMatrixRMaj(columns, columns);
    CommonOps_DDRM.multInner(x, square);
    double ridge = RIDGE * CommonOps_DDRM.trace(square) / columns;
    for (int i = 0; i < columns; i++) {
      // What is always 0 keeps its weights.
      square.add(i, i, Math.max(ridge, Double.MIN_NORMAL));
    }
    DMatrixRMaj product = new DMatrixRMaj(columns, y.getNumCols());
    CommonOps_DDRM.multTransA(x, y, product);
    DMatrixRMaj solution = new DMatrixRMaj(columns, y.getNumCols());
    LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(columns);
    if (!solver.setA(square)) {
      throw new IllegalStateException("the normal equations are not positive definite");
    }
    solver.solve(product, solution);
    return solution;
  }

  private static Operand<TFloat32> input(OpenNetwork network, Samples samples) {
    return network
        .graph()
        .graph()
        .operation(TensorName.parse(samples.input()).operation())
        .output(0);
  }

  private static List<float[]> run(
      OpenNetwork network,
      Pictures.Part part,
      ImageGraph.Feed beside,
      List<Operand<TFloat32>> fetched) {
    return network.graph().run(part.pixels(), part.size(), beside, fetched);
  }

  /** Lets a network look at given regions. */
  private static ImageGraph.Feed at(OpenNetwork network, float[] boxes, Pictures.Part part) {
    return (runner, pixels) -> {
      List<Tensor> opened = new ArrayList<>(part.beside().into(runner, pixels));
      TFloat32 fed =
          TFloat32.tensorOf(
              Shape.of(part.size(), boxes.length / (4L * part.size()), 4), DataBuffers.of(boxes));
      runner.feed(Objects.requireNonNull(network.regions()), fed);
      opened.add(fed);
      return opened;
    };
  }
}
