package org.kt4j.engine.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.teacher.Weights;

/** Other names for arrays, as a configuration gives them: {@code rename: {fc: head}}. */
final class Renaming {

  /** Beginnings of names in a message. */
  private static final int SHOWN = 12;

  private final String place;
  private final String wrapper;
  private final Map<String, String> rename;
  private final Set<String> used = new LinkedHashSet<>();

  private Renaming(String place, String wrapper, Map<String, String> rename) {
    this.place = place;
    this.wrapper = wrapper;
    this.rename = rename;
  }

  /**
   * A dictionary under other names. A key stands for the array of its name and for all whose names
   * go on with a dot behind it; the longest that fits counts, once. Names count without what
   * wrappers put before them all.
   *
   * @param place of the names in the configuration, for messages
   * @throws ConfigurationException when a key fits no name, or two arrays get one name
   */
  static StateDictionary renamed(
      String place, Map<String, String> rename, StateDictionary dictionary) {
    if (rename.isEmpty()) {
      return dictionary;
    }
    Renaming renaming = new Renaming(place, WrapperPrefix.of(dictionary.arrays().keySet()), rename);
    Map<String, Weights.Array> arrays = renaming.renamed(dictionary.arrays());
    Map<String, String> others = renaming.renamed(dictionary.others());
    renaming.requireUsed(dictionary.arrays().keySet());
    return new StateDictionary(dictionary.path(), arrays, others);
  }

  private <T> Map<String, T> renamed(Map<String, T> all) {
    Map<String, T> result = new LinkedHashMap<>();
    Map<String, String> origins = new LinkedHashMap<>();
    all.forEach(
        (name, value) -> {
          String other = other(bare(name));
          String before = origins.put(other, name);
          if (before != null) {
            throw ConfigurationException.of(
                place
                    + ": gives "
                    + before
                    + " and "
                    + name
                    + " the same name "
                    + other
                    + "; fix: a name for each");
          }
          result.put(other, value);
        });
    return result;
  }

  private String bare(String name) {
    return name.startsWith(wrapper) ? name.substring(wrapper.length()) : name;
  }

  private String other(String name) {
    String best = null;
    for (String key : rename.keySet()) {
      String bare = bare(key);
      boolean fits = !bare.isEmpty() && (name.equals(bare) || name.startsWith(bare + "."));
      if (fits && (best == null || bare.length() > bare(best).length())) {
        best = key;
      }
    }
    if (best == null) {
      return name;
    }
    used.add(best);
    String to = bare(rename.getOrDefault(best, ""));
    String rest = name.substring(bare(best).length());
    return to.isEmpty() && rest.startsWith(".") ? rest.substring(1) : to + rest;
  }

  private void requireUsed(Set<String> names) {
    List<String> problems = new ArrayList<>();
    for (String key : rename.keySet()) {
      if (!used.contains(key)) {
        problems.add(
            place
                + ": '"
                + key
                + "' is no name in the file and no beginning of one up to a dot; names begin with "
                + beginnings(names));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  private String beginnings(Set<String> names) {
    Set<String> beginnings = new LinkedHashSet<>();
    names.forEach(name -> beginnings.add(bare(name).replaceFirst("\\..*", "")));
    List<String> first = beginnings.stream().limit(SHOWN).toList();
    return String.join(", ", first) + (beginnings.size() > SHOWN ? ", ..." : "");
  }
}
