package org.kt4j.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Data that was recognised in a folder.
 *
 * @param data the name of the data set that reads it
 * @param options of that data set, by their names in configurations; those that are left out have
 *     their default
 * @param sideOption the option that gives pictures their height and width; null where all have one
 *     size already
 * @param countOption the option that gives the number of training pictures, the held-out ones
 *     included, beside {@code test} and {@code held-out}; null where all are always used
 * @param boxes whether pictures have boxes around objects
 * @param train pictures to learn from, without those held out
 * @param heldOut pictures to select by
 * @param test pictures to report on
 * @param channels of a picture
 * @param classes of the training pictures, with the number of pictures of each; of objects where
 *     there are boxes
 * @param sizes of the pictures as they are stored
 * @param odd what may be meant otherwise, in sentences
 * @param objects what a classifier sees where there are boxes: the objects, cut out; null otherwise
 */
public record FoundData(
    String data,
    Map<String, Object> options,
    @Nullable String sideOption,
    @Nullable String countOption,
    boolean boxes,
    int train,
    int heldOut,
    int test,
    int channels,
    Map<String, Integer> classes,
    PictureSizes sizes,
    List<String> odd,
    @Nullable FoundData objects) {

  /** Copies the collections, which keep their order. */
  public FoundData {
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    classes = Collections.unmodifiableMap(new LinkedHashMap<>(classes));
    odd = List.copyOf(odd);
  }

  /** The pictures of each class by its name. */
  public static Map<String, Integer> counted(List<String> classes, int[] counts) {
    Map<String, Integer> byName = new LinkedHashMap<>();
    for (int k = 0; k < counts.length; k++) {
      byName.put(classes.get(k), counts[k]);
    }
    return byName;
  }

  /** The options with pictures of a side, where they can be given one. */
  public Map<String, Object> optionsOf(int side) {
    return Optional.ofNullable(sideOption).map(option -> with(option, side)).orElse(options);
  }

  private Map<String, Object> with(String option, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(options);
    more.put(option, value);
    return more;
  }
}
