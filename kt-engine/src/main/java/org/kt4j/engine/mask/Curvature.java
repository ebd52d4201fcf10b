package org.kt4j.engine.mask;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * The second derivatives of the cross-entropy of a classifier by its weights, the diagonal of the
 * Gauss-Newton matrix, over pictures {@code x}:
 *
 * <pre>
 * h_kk = mean over x of  sum over c of  p_c(x) (d log p_c(x) / d w_k)^2
 * </pre>
 *
 * where {@code p(x)}, {@code [K]}, are the probabilities that the student gives in evaluation, with
 * its running statistics. With {@code J = dz / dw} of the logits {@code z} this is the diagonal of
 * {@code J^T (diag(p) - p p^T) J}. It does not depend on labels: the second derivative of a
 * cross-entropy by the logits is the same whatever is to be learnt, so that of knowledge
 * distillation at temperature 1 is it, too.
 *
 * <p>In a network of convolutions, ReLUs, poolings, and normalisations with running statistics the
 * logits are piecewise linear in each single weight. There Gauss-Newton leaves nothing out of the
 * diagonal, except for weights at a kink.
 *
 * <p>It is summed exactly: one forward and one backward pass of one picture for each class, so
 * {@code K} times the pictures. Sums are kept in double precision.
 *
 * <p>Example: two classes with logits {@code w x} and 0, {@code x = 2}, {@code w = 0}: both
 * probabilities are 1/2, the derivatives of their logarithms 1 and -1, so {@code h = 1}.
 */
public final class Curvature {

  private final ImageGraph graph;
  private final Operand<TFloat32> logits;
  private final ImageDataset pictures;
  private final long seed;
  private @Nullable Passes passes;

  /** The operations of a pass. */
  private record Passes(
      Placeholder<TFloat32> chosen, Operand<TFloat32> probability, List<Operand<TFloat32>> slopes) {

    List<Operand<TFloat32>> fetched() {
      List<Operand<TFloat32>> all = new ArrayList<>(slopes);
      all.add(probability);
      return all;
    }
  }

  /**
   * Measures in a graph.
   *
   * @param logits of the student in evaluation, {@code [B, K]}
   * @param pictures without augmentation
   * @param seed of the choice of pictures
   */
  public Curvature(ImageGraph graph, Operand<TFloat32> logits, ImageDataset pictures, long seed) {
    this.graph = graph;
    this.logits = logits;
    this.pictures = pictures;
    this.seed = seed;
  }

  /**
   * The second derivatives by weights as they are now.
   *
   * @param wanted how many pictures; all where there are fewer
   * @return for each variable as many numbers as it has
   */
  List<double[]> of(List<Variable> weights, int wanted) {
    Passes ready = passes;
    if (ready == null) {
      ready = added(weights);
      passes = ready;
    }
    Passes pass = ready;
    int classes = Math.toIntExact(logits.shape().get(1));
    int[] chosen = chosen(wanted);
    List<double[]> sums =
        weights.stream().map(w -> new double[Math.toIntExact(w.shape().size())]).toList();
    byte[] pixels = new byte[pictures.shape().bytes()];
    for (int index : chosen) {
      pictures.copyImage(index, pixels, 0);
      for (int c = 0; c < classes; c++) {
        float[] one = new float[classes];
        one[c] = 1;
        List<float[]> found =
            graph.run(
                pixels,
                1,
                (runner, fed) -> {
                  TFloat32 direction = TFloat32.tensorOf(Shape.of(1, classes), DataBuffers.of(one));
                  runner.feed(pass.chosen(), direction);
                  return List.of(direction);
                },
                pass.fetched());
        double share = (double) found.get(weights.size())[0] / chosen.length;
        for (int i = 0; i < sums.size(); i++) {
          add(sums.get(i), found.get(i), share);
        }
      }
    }
    return sums;
  }

  private static void add(double[] sum, float[] slopes, double share) {
    for (int k = 0; k < sum.length; k++) {
      sum[k] += share * slopes[k] * slopes[k];
    }
  }

  private int[] chosen(int wanted) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, pictures.size()).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    return order.subList(0, Math.min(wanted, order.size())).stream()
        .sorted()
        .mapToInt(i -> i)
        .toArray();
  }

  private Passes added(List<Variable> weights) {
    Ops tf = graph.tf().withSubScope("curvature");
    Placeholder<TFloat32> chosen = // [1, K], 1 for a class
        tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, logits.shape().get(1))));
    Operand<TFloat32> logProbability =
        tf.math.mul(chosen, tf.nn.logSoftmax(logits)); // [1, K] x [B, K], B = 1
    Operand<TFloat32> sum = tf.reduceSum(logProbability, tf.array(0, 1));
    Output<?>[] values = weights.stream().map(Variable::value).toArray(Output<?>[]::new);
    List<Operand<TFloat32>> slopes = new ArrayList<>();
    for (Output<?> slope : graph.graph().addGradients(sum.asOutput(), values)) {
      slopes.add(slope.expect(TFloat32.class));
    }
    return new Passes(chosen, tf.math.exp(sum), slopes);
  }
}
