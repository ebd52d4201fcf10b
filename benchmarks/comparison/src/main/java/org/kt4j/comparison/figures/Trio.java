package org.kt4j.comparison.figures;

import java.util.List;
import java.util.function.Function;

/**
 * The same of each of the three networks.
 *
 * @param <T> what
 */
record Trio<T>(T teacher, T before, T after) {

  /** What a function makes of each set. */
  static <T> Trio<T> of(Function<NeuronSet, T> each) {
    return new Trio<>(
        each.apply(NeuronSet.TEACHER), each.apply(NeuronSet.BEFORE), each.apply(NeuronSet.AFTER));
  }

  /** That of one network. */
  T of(NeuronSet set) {
    return switch (set) {
      case TEACHER -> teacher;
      case BEFORE -> before;
      case AFTER -> after;
    };
  }

  /** In the order of the sets. */
  List<T> all() {
    return List.of(teacher, before, after);
  }
}
