package org.kt4j.engine.graph;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;

/** What a value of a graph depends on. */
public final class Upstream {

  /** Operations that stop gradients; TensorFlow has no gradient for what lies behind them. */
  private static final Set<String> STOPS = Set.of("StopGradient");

  private Upstream() {}

  /** All outputs that a value is computed from, itself among them. */
  public static Set<Output<?>> of(Operand<?> value) {
    return found(value.asOutput(), Set.of());
  }

  /** All outputs that a value has a slope in. */
  public static Set<Output<?>> slopes(Operand<?> value) {
    return found(value.asOutput(), STOPS);
  }

  /**
   * Searches against the direction of the graph.
   *
   * @param without types of operations at which the search stops
   */
  private static Set<Output<?>> found(Output<?> value, Set<String> without) {
    Set<Output<?>> seen = new HashSet<>();
    Deque<Output<?>> open = new ArrayDeque<>(List.of(value));
    while (!open.isEmpty()) {
      Output<?> next = open.pop();
      if (seen.add(next) && !without.contains(next.op().type())) {
        ((GraphOperation) next.op()).inputs().forEach(input -> open.push(input.asOutput()));
      }
    }
    return seen;
  }
}
