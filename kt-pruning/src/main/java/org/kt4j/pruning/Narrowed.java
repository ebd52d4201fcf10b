package org.kt4j.pruning;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.ndarray.Shape;

/**
 * A network without some of its channels: its widths and its weights.
 *
 * <p>Where a shortcut pads with zeros on both sides, the zeros that are left are shared out over
 * both sides again, so that the padding follows from the widths; channels change their places for
 * that.
 */
final class Narrowed {

  private final OpenNetwork whole;
  private final Set<Integer> removed;
  private final Map<Integer, Double> ranks = new HashMap<>();

  /**
   * Takes channels out.
   *
   * @param removed the numbers of the channels
   */
  Narrowed(OpenNetwork whole, Set<Integer> removed) {
    this.whole = whole;
    this.removed = removed;
    whole.channels().pads().forEach(this::rank);
  }

  private boolean kept(int number) {
    return !removed.contains(whole.channels().root(number));
  }

  private double rank(int number) {
    int root = whole.channels().root(number);
    return ranks.getOrDefault(root, (double) root);
  }

  private void rank(ChannelGraph.Pad pad) {
    List<Double> inner = pad.inner().stream().filter(this::kept).map(this::rank).toList();
    double least = inner.stream().min(Comparator.naturalOrder()).orElse(0.0);
    double most = inner.stream().max(Comparator.naturalOrder()).orElse(0.0);
    List<Integer> zeros =
        Stream.concat(pad.before().stream(), pad.after().stream()).filter(this::kept).toList();
    int before = zeros.size() / 2;
    for (int i = 0; i < zeros.size(); i++) {
      int root = whole.channels().root(zeros.get(i));
      ranks.put(root, i < before ? least - (before - i) : most + 1 + i);
    }
  }

  /** The filters of each convolution whose width is not the one that the network asks for. */
  Map<String, Integer> widths() {
    Map<String, Integer> widths = new TreeMap<>();
    for (Layers.Layer layer : whole.layers()) {
      Channels made = whole.channels().channels(layer.operation());
      if (layer.hasWidth() && made != null) {
        int width = (int) made.numbers().stream().filter(this::kept).count();
        if (width != layer.asked()) {
          widths.put(layer.name(), width);
        }
      }
    }
    return widths;
  }

  /** The weights of what is left. */
  Weights weights(String source) {
    Map<Variable, Map<Integer, int[]>> places = places();
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    whole
        .values()
        .forEach(
            (variable, values) -> {
              Shape shape = variable.shape();
              float[] left = values;
              for (Map.Entry<Integer, int[]> axis :
                  places.getOrDefault(variable, Map.of()).entrySet()) {
                left = taken(left, shape, axis.getKey(), axis.getValue());
                long[] sizes = shape.asArray();
                sizes[axis.getKey()] = axis.getValue().length;
                shape = Shape.of(sizes);
              }
              arrays.put(variable.name(), Weights.Array.ofTensorFlow(variable.kind(), shape, left));
            });
    return new Weights(source, arrays);
  }

  private Map<Variable, Map<Integer, int[]>> places() {
    IntPredicate kept = this::kept;
    Map<Variable, Map<Integer, int[]>> places = new LinkedHashMap<>();
    for (ChannelGraph.Binding binding : whole.channels().bindings()) {
      int[] own = binding.channels().places(kept, this::rank);
      int[] other =
          places
              .computeIfAbsent(binding.variable(), each -> new TreeMap<>())
              .putIfAbsent(binding.axis(), own);
      if (other != null && !Arrays.equals(other, own)) {
        throw new IllegalStateException(
            binding.variable().name() + " is read with two orders of channels");
      }
    }
    return places;
  }

  private static float[] taken(float[] values, Shape shape, int axis, int[] places) {
    int before = 1;
    int after = 1;
    for (int i = 0; i < shape.numDimensions(); i++) {
      int size = Math.toIntExact(shape.get(i));
      before *= i < axis ? size : 1;
      after *= i > axis ? size : 1;
    }
    int all = Math.toIntExact(shape.get(axis));
    float[] taken = new float[before * places.length * after];
    int to = 0;
    for (int b = 0; b < before; b++) {
      for (int place : places) {
        System.arraycopy(values, (b * all + place) * after, taken, to, after);
        to += after;
      }
    }
    return taken;
  }

  /**
   * The places, among a convolution's filters, of those that are left, in their new order.
   *
   * @param made the channels of the filters
   */
  int[] filters(Channels made) {
    return made.places(this::kept, this::rank);
  }
}
