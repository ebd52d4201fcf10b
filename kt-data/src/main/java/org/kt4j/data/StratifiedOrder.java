package org.kt4j.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A seeded order of a data set in which every prefix, and every stretch, has the classes in
 * proportion (to within one image).
 *
 * <p>Each class is shuffled; the image at rank {@code r} of a class of {@code n} images stands at
 * {@code (r + 1/2) / n}. So a longer prefix holds every shorter one.
 */
final class StratifiedOrder {

  /** One seed for every draw of splits: the splits are part of the data set, not of a run. */
  private static final long SPLIT_SEED = 20_170_707L;

  private StratifiedOrder() {}

  /** All indices of a data set in stratified order. */
  static int[] of(int[] labels, int classes) {
    int[][] members = new int[classes][];
    for (int label = 0; label < classes; label++) {
      int wanted = label;
      members[label] = IntStream.range(0, labels.length).filter(i -> labels[i] == wanted).toArray();
      DrawKey.shuffle(DrawKey.random(SPLIT_SEED, label), members[label]);
    }
    record Place(double at, int label, int index) {}
    return Arrays.stream(members)
        .filter(group -> group.length > 0)
        .flatMap(
            group ->
                IntStream.range(0, group.length)
                    .mapToObj(
                        rank ->
                            new Place(
                                (rank + 0.5) / group.length, labels[group[rank]], group[rank])))
        .sorted(Comparator.comparingDouble(Place::at).thenComparingInt(Place::label))
        .mapToInt(Place::index)
        .toArray();
  }

  /** As {@link #of(int[], int)}, for the labels of a data set. */
  static int[] of(ImageDataset data) {
    int[] labels = IntStream.range(0, data.size()).map(data::label).toArray();
    return of(labels, data.classes().size());
  }
}
