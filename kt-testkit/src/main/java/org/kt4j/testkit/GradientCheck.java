package org.kt4j.testkit;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far a method's gradient is from central differences of its loss.
 *
 * <p>Both numbers are shares of the largest entry of the gradient at that tap, since an entry near
 * zero has no digits of its own: a difference of two losses loses what their rounding loses. In
 * float32, activations of order one and a loss without kinks, an error of about 1e-3 is as good as
 * it gets and a wrong formula shows as 0.1 or more; 1e-2 tells them apart. At a kink (a ReLU at
 * zero, the larger of two equal numbers) a central difference answers something between the two
 * slopes and proves nothing: choose activations away from it.
 *
 * @param largestError the largest difference between an entry and its central difference
 * @param place the entry with that error: tap, index, both numbers
 * @param resolution how much error the rounding of the loss alone can explain, one unit in its last
 *     place on either side; when this is not well below the tolerance, the check proves nothing
 */
public record GradientCheck(double largestError, String place, double resolution) {

  static GradientCheck of(ProbeGraph graph, Map<String, HeapTensor> activations, float step) {
    Map<String, HeapTensor> knowledge = graph.teach();
    ProbeResult at = graph.run();
    double largestError = 0;
    double resolution = 0;
    String place = "nowhere";
    for (Map.Entry<String, HeapTensor> entry : at.gradients().entrySet()) {
      String tap = entry.getKey();
      HeapTensor activation = activations.getOrDefault(tap, entry.getValue());
      float[] values = activation.values();
      float[] gradient = entry.getValue().values();
      double scale = Math.max(entry.getValue().largest(), Float.MIN_NORMAL);
      float reach = step * activation.largest();
      Map<String, HeapTensor> moved = new LinkedHashMap<>(activations);
      for (int i = 0; i < gradient.length; i++) {
        float above = values[i] + reach;
        float below = values[i] - reach;
        moved.put(tap, activation.with(i, above));
        float upper = graph.loss(moved, knowledge);
        moved.put(tap, activation.with(i, below));
        float lower = graph.loss(moved, knowledge);
        // What was truly added and subtracted: the sums above were rounded.
        double width = (double) above - below;
        double slope = ((double) upper - lower) / width;
        double error = Math.abs(slope - gradient[i]) / scale;
        resolution = Math.max(resolution, (Math.ulp(upper) + Math.ulp(lower)) / width / scale);
        // The first NaN is the worst there is, and stays.
        if (!Double.isNaN(largestError) && !(error <= largestError)) {
          largestError = error;
          place = tap + "[" + i + "]: gradient " + gradient[i] + ", difference " + slope;
        }
      }
    }
    return new GradientCheck(largestError, place, resolution);
  }
}
