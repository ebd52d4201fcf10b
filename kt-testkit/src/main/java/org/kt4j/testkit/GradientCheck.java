package org.kt4j.testkit;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How far a method's gradient is from central differences of its loss.
 *
 * <p>Both numbers are shares of the largest entry of the gradient at that tap or auxiliary
 * variable, since an entry near zero has no digits of its own: a difference of two losses loses
 * what their rounding loses. In float32, activations of order one and a loss without kinks, an
 * error of about 1e-3 is as good as it gets and a wrong formula shows as 0.1 or more; 1e-2 tells
 * them apart. At a kink (a ReLU at zero, the larger of two equal numbers) a central difference
 * answers something between the two slopes and proves nothing: choose activations away from it.
 *
 * @param largestError the largest difference between an entry and its central difference
 * @param place the entry with that error: tap or auxiliary variable, index, both numbers
 * @param resolution how much error the rounding of the loss alone can explain, one unit in its last
 *     place on either side; when this is not well below the tolerance, the check proves nothing
 */
public record GradientCheck(double largestError, String place, double resolution) {

  static GradientCheck of(ProbeGraph graph, Map<String, HeapTensor> activations, float step) {
    Map<String, HeapTensor> knowledge = graph.teach();
    Map<String, HeapTensor> auxiliaries = graph.auxiliaries();
    ProbeResult at = graph.run();
    Worst worst = new Worst(step);
    worst.over(at.gradients(), activations, moved -> graph.loss(moved, auxiliaries, knowledge));
    worst.over(
        at.auxiliaryGradients(), auxiliaries, moved -> graph.loss(activations, moved, knowledge));
    return new GradientCheck(worst.error, worst.place, worst.resolution);
  }

  /** The worst entry so far. */
  private static final class Worst {

    private final float step;
    private double error;
    private double resolution;
    private String place = "nowhere";

    Worst(float step) {
      this.step = step;
    }

    void over(
        Map<String, HeapTensor> gradients,
        Map<String, HeapTensor> inputs,
        ToDoubleFunction<Map<String, HeapTensor>> loss) {
      for (Map.Entry<String, HeapTensor> entry : gradients.entrySet()) {
        String name = entry.getKey();
        HeapTensor input = inputs.getOrDefault(name, entry.getValue());
        float[] values = input.values();
        float[] gradient = entry.getValue().values();
        double scale = Math.max(entry.getValue().largest(), Float.MIN_NORMAL);
        // A bias is zero at first; its neighbourhood is that of activations of order one.
        float reach = step * (input.largest() == 0 ? 1 : input.largest());
        Map<String, HeapTensor> moved = new LinkedHashMap<>(inputs);
        for (int i = 0; i < gradient.length; i++) {
          float above = values[i] + reach;
          float below = values[i] - reach;
          moved.put(name, input.with(i, above));
          float upper = (float) loss.applyAsDouble(moved);
          moved.put(name, input.with(i, below));
          float lower = (float) loss.applyAsDouble(moved);
          // What was truly added and subtracted: the sums above were rounded.
          double width = (double) above - below;
          double slope = ((double) upper - lower) / width;
          double here = Math.abs(slope - gradient[i]) / scale;
          resolution = Math.max(resolution, (Math.ulp(upper) + Math.ulp(lower)) / width / scale);
          // The first NaN is the worst there is, and stays.
          if (!Double.isNaN(error) && !(here <= error)) {
            error = here;
            place = name + "[" + i + "]: gradient " + gradient[i] + ", difference " + slope;
          }
        }
      }
    }
  }
}
