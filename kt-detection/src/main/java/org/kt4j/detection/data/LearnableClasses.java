package org.kt4j.detection.data;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Which classes the training pictures show. */
public final class LearnableClasses {

  private LearnableClasses() {}

  /** Logs a warning if there are classes without an object to learn from; once for a data set. */
  public static void warnOfOthers(DetectionSplits data) {
    sentenceOnOthers(data.train()).ifPresent(BoxRepairs::warn);
  }

  /** Names the classes without an object; empty when there are none. */
  static Optional<String> sentenceOnOthers(DetectionDataset train) {
    BitSet shown = new BitSet();
    for (int i = 0; i < train.size(); i++) {
      train.objects(i).stream()
          .filter(object -> !object.difficult())
          .forEach(object -> shown.set(object.label()));
    }
    List<String> others = new ArrayList<>(train.classes());
    for (int label = train.classes().size() - 1; label >= 0; label--) {
      if (shown.get(label)) {
        others.remove(label);
      }
    }
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of(
            train.name()
                + ": no object of "
                + String.join(", ", others)
                + " to learn from, so that nothing will be found of them (difficult objects and"
                + " crowds are not learnt from); fix: pictures with such objects, or classes"
                + " without them");
  }
}
