package org.kt4j.onnx.translate;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.graph.TensorName;
import org.tensorflow.proto.NodeDef;

/** Finds out which branch is which. */
final class Branches {

  private static final String SWITCH = "Switch";

  /**
   * A choice.
   *
   * @param condition a truth value
   * @param whereTrue the tensor that is meant where it holds
   * @param whereFalse the other
   */
  record Choice(String condition, String whereTrue, String whereFalse) {}

  private Branches() {}

  /**
   * Of an operation {@code Merge}.
   *
   * @throws org.kt4j.engine.export.ExportException when its inputs are not the two branches of one
   *     condition
   */
  static Choice of(Translation to, NodeDef merge) {
    TensorName first = side(to, merge.getInput(0));
    TensorName second = side(to, merge.getInput(1));
    if (first == null || second == null || first.index() == second.index()) {
      throw Untranslatable.because(
          merge.getOp(), merge.getName(), "does not join the two branches of one condition");
    }
    boolean firstIsTrue = first.index() == 1;
    return new Choice(
        to.node(first.operation()).getInput(1),
        merge.getInput(firstIsTrue ? 0 : 1),
        merge.getInput(firstIsTrue ? 1 : 0));
  }

  /** The nearest output of a switch that a tensor depends on. */
  private static @Nullable TensorName side(Translation to, String tensor) {
    Deque<String> open = new ArrayDeque<>();
    Set<String> seen = new HashSet<>();
    open.add(tensor);
    while (!open.isEmpty()) {
      String name = open.poll();
      NodeDef node = to.node(name);
      if (node.getOp().equals(SWITCH)) {
        return TensorName.parse(name);
      }
      for (String input : node.getInputList()) {
        if (seen.add(input)) {
          open.add(input);
        }
      }
    }
    return null;
  }
}
