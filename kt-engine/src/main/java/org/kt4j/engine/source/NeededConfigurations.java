package org.kt4j.engine.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.RunSource;
import org.kt4j.engine.experiment.TeacherConfig;

/**
 * The configurations that a configuration needs, those that these need, and so on. A run that needs
 * itself can never be trained, and would be prepared without end.
 */
final class NeededConfigurations {

  /** A teacher of a teacher of a teacher is two. */
  private static final int LONGEST_CHAIN = 16;

  private final ExperimentReader reader;
  private final Set<Path> checked = new HashSet<>();
  private final List<Link> chain = new ArrayList<>();

  /**
   * A configuration that needs another.
   *
   * @param file the configuration
   * @param real its file without links, by which it is known again
   * @param key where it names the next, such as {@code teacher.config}
   */
  private record Link(Path file, Path real, String key) {

    @Override
    public String toString() {
      return file + " (" + key + ")";
    }
  }

  private NeededConfigurations(ExperimentReader reader) {
    this.reader = reader;
  }

  /**
   * Checks all configurations that one needs.
   *
   * @param file that is trained when it is needed
   * @param config what it holds
   * @throws ConfigurationException when one needs itself, or the chain is too long; the message has
   *     the chain
   */
  static void requireEnd(Path file, ExperimentConfig config, ExperimentReader reader) {
    new NeededConfigurations(reader).follow(file, config);
  }

  private void follow(Path file, ExperimentConfig config) {
    Path real = real(file);
    for (Map.Entry<String, Path> needed : named(config).entrySet()) {
      chain.add(new Link(file, real, needed.getKey()));
      requireNew(needed.getValue());
      NetworkFit.requireFile(
          file + ": " + needed.getKey(), needed.getValue(), SourceResolver.CONFIGURATION);
      if (!checked.contains(real(needed.getValue()))) {
        follow(needed.getValue(), reader.read(needed.getValue(), Map.of()));
      }
      chain.remove(chain.size() - 1);
    }
    checked.add(real);
  }

  private void requireNew(Path next) {
    Path real = real(next);
    for (int i = 0; i < chain.size(); i++) {
      if (chain.get(i).real().equals(real)) {
        throw ConfigurationException.of(
            "a cycle of configurations, each of which needs the next to be trained first: "
                + text(chain.subList(i, chain.size()), next)
                + "; fix: name another configuration in one of them, or a run that is there, with"
                + " run instead of config");
      }
    }
    if (chain.size() >= LONGEST_CHAIN) {
      throw ConfigurationException.of(
          "a chain of more than "
              + LONGEST_CHAIN
              + " configurations, each of which needs the next to be trained first: "
              + text(chain, next)
              + "; fix: train one of them by itself and name its run, with run instead of config");
    }
  }

  private static String text(List<Link> links, Path last) {
    StringBuilder text = new StringBuilder();
    links.forEach(link -> text.append(link).append(" -> "));
    return text.append(last).toString();
  }

  /** By the keys that name them. */
  private static Map<String, Path> named(ExperimentConfig config) {
    Map<String, Path> named = new LinkedHashMap<>();
    List<TeacherConfig> teachers = config.allTeachers();
    for (int t = 0; t < teachers.size(); t++) {
      if (teachers.get(t).source() instanceof RunSource.OfConfiguration source) {
        named.put(config.teacherKey(t) + ".config", source.config());
      }
    }
    if (config.start() != null
        && config.start().source() instanceof RunSource.OfConfiguration source) {
      named.put("start.config", source.config());
    }
    if (config.baseline() != null) {
      named.put("baseline.config", config.baseline().source().config());
    }
    return named;
  }

  private static Path real(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      // Reading it tells what is wrong.
      return file.toAbsolutePath().normalize();
    }
  }
}
