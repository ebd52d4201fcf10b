package org.kt4j.pruning;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;

/**
 * The channels of one tensor, by number. Tensors that are added to each other have numbers of their
 * own, which {@link ChannelGraph} ties together.
 *
 * @param segments what was joined to make the tensor, in order; the channels of one segment may
 *     change places
 * @param repeat how many values of the tensor's axis belong to each channel: 1, or the positions of
 *     a map that was flattened, channels first
 * @param axis of the channels
 */
record Channels(List<List<Integer>> segments, int repeat, int axis) {

  Channels {
    segments = List.copyOf(segments);
  }

  /** One segment, last axis of four. */
  static Channels of(List<Integer> numbers) {
    return new Channels(List.of(List.copyOf(numbers)), 1, 3);
  }

  /** All numbers in order. */
  List<Integer> numbers() {
    return segments.stream().flatMap(List::stream).toList();
  }

  int size() {
    return segments.stream().mapToInt(List::size).sum() * repeat;
  }

  Channels on(int otherAxis) {
    return new Channels(segments, repeat, otherAxis);
  }

  Channels repeated(int times) {
    return new Channels(segments, times, 1);
  }

  /**
   * The places on the tensor's axis of the channels that are kept.
   *
   * @param kept whether a channel stays
   * @param rank the order of channels within a segment
   */
  int[] places(IntPredicate kept, IntToDoubleFunction rank) {
    List<Integer> places = new ArrayList<>();
    int first = 0;
    for (List<Integer> segment : segments) {
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < segment.size(); i++) {
        if (kept.test(segment.get(i))) {
          order.add(i);
        }
      }
      order.sort(Comparator.comparingDouble(i -> rank.applyAsDouble(segment.get(i))));
      for (int i : order) {
        for (int r = 0; r < repeat; r++) {
          places.add((first + i) * repeat + r);
        }
      }
      first += segment.size();
    }
    return places.stream().mapToInt(i -> i).toArray();
  }
}
