package org.kt4j.engine.weights;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kt4j.engine.teacher.Weights;

/**
 * Arrays under the names of one network, which may be one of several dictionaries of a file.
 *
 * @param path the keys that lead to it, joined by dots: {@code state_dict}; empty where it is the
 *     whole file
 * @param arrays by name, in the order of the file
 * @param others what has a name there and is no array of numbers, in NumPy's words or our own
 */
public record StateDictionary(
    String path, Map<String, Weights.Array> arrays, Map<String, String> others) {

  /** The arrays whose names begin with a prefix, and a dot or a slash. */
  StateDictionary under(String prefix) {
    String whole = path.isEmpty() ? prefix : path + "." + prefix;
    return new StateDictionary(whole, under(prefix, arrays), under(prefix, others));
  }

  private static <T> Map<String, T> under(String prefix, Map<String, T> all) {
    Map<String, T> some = new LinkedHashMap<>();
    all.forEach(
        (name, value) -> {
          if (name.startsWith(prefix + ".") || name.startsWith(prefix + "/")) {
            some.put(name.substring(prefix.length() + 1), value);
          }
        });
    return some;
  }

  /**
   * The weights.
   *
   * @param file that they are of, for messages
   */
  public Weights weights(Path file) {
    return new Weights(file.toString(), arrays, others);
  }

  /** Arrays that are more than one number, such as a count of steps. */
  long arraysWithAxes() {
    return arrays.values().stream().filter(array -> array.shape().numDimensions() > 0).count();
  }
}
