package org.kt4j.engine.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.config.ConfigurationTree;

/**
 * Puts the network of a pruned student into a configuration: that of {@code student: {pruned:
 * FOLDER}}, with its weights as the start, and that which {@code student: {prune: {from: ...}}} is
 * made of.
 */
final class PrunedStudent {

  /** Lets the rest of a configuration be checked when its network is not known. */
  private static final String STAND_IN = "resnet-8";

  private static final String STUDENT = "student";
  private static final String NETWORK = "network";

  private PrunedStudent() {}

  /**
   * Puts the network in place.
   *
   * @param folder that configurations are found in; null for the root
   * @param problems receives what is wrong
   */
  static ConfigurationTree expanded(
      ConfigurationTree tree, @Nullable Path folder, List<String> problems) {
    ObjectNode root = tree.root();
    if (root.get(STUDENT) instanceof ObjectNode student) {
      try {
        if (student.has(StudentConfig.PRUNED)) {
          made(root, student);
        } else if (student.get(StudentConfig.PRUNE) instanceof ObjectNode prune) {
          source(root, student, prune, folder == null ? Path.of("/") : folder);
        }
      } catch (IllegalArgumentException e) {
        problems.add(tree.source() + ": student." + e.getMessage());
      } catch (ConfigurationException e) {
        problems.addAll(e.problems());
      }
      if (!problems.isEmpty() && !student.has(NETWORK)) {
        student.put(NETWORK, STAND_IN);
      }
    }
    return ConfigurationTree.of(tree.source(), root);
  }

  private static void made(ObjectNode root, ObjectNode student) {
    String given = student.path(StudentConfig.PRUNED).asText();
    student.remove(StudentConfig.PRUNED);
    if (student.has(NETWORK)) {
      throw new IllegalArgumentException(
          "pruned: stands beside network, which the folder decides; fix: leave one of them out");
    }
    Path folder = Path.of(given);
    Path file = folder.resolve(PrunedFolder.STUDENT);
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "pruned: "
              + given
              + " holds no pruned network (no "
              + PrunedFolder.STUDENT
              + "); allowed: a folder that kt prune has written");
    }
    copy(student(file), student, Set.of());
    if (!root.has("start")) {
      root.putObject("start").put("weights", folder.resolve(PrunedFolder.WEIGHTS).toString());
    }
  }

  private static void source(ObjectNode root, ObjectNode student, ObjectNode prune, Path folder) {
    if (student.has(NETWORK)) {
      throw new IllegalArgumentException(
          "prune: stands beside network, which prune.from decides; fix: leave network out");
    }
    if (root.has("start")) {
      throw new IllegalArgumentException(
          "prune: stands beside start, and a pruned student begins with the weights that are left;"
              + " fix: leave one of them out");
    }
    String from = prune.path("from").asText("");
    copy(
        from.equals(PruneConfig.TEACHER) ? teacher(root, folder) : run(from),
        student,
        FOR_TRAINING);
  }

  /** Keys of a student that say how it was trained. */
  private static final Set<String> FOR_TRAINING =
      Stream.concat(StudentConfig.TRAINED_WITH.stream(), Stream.of(StudentConfig.PRUNE))
          .collect(Collectors.toUnmodifiableSet());

  private static ObjectNode run(String from) {
    Path config = Path.of(from).resolve("config.yaml");
    if (from.isEmpty() || !Files.isRegularFile(config)) {
      throw new IllegalArgumentException(
          "prune.from: "
              + (from.isEmpty() ? "is missing" : "'" + from + "' holds no run (no config.yaml)")
              + "; allowed: the folder of a run, or "
              + PruneConfig.TEACHER
              + " for the teacher of this configuration");
    }
    return student(config);
  }

  private static ObjectNode teacher(ObjectNode root, Path folder) {
    if (!(root.get(PruneConfig.TEACHER) instanceof ObjectNode teacher)) {
      throw new IllegalArgumentException(
          "prune.from: teacher: this configuration has no teacher; fix: name the folder of a run");
    }
    if (teacher.has("run")) {
      return run(teacher.path("run").asText());
    }
    if (teacher.has("config")) {
      Path file = folder.resolve(teacher.path("config").asText());
      if (!Files.isRegularFile(file)) {
        throw new IllegalArgumentException(
            "prune.from: teacher: there is no configuration " + file);
      }
      return student(file);
    }
    if (!teacher.has(NETWORK)) {
      throw new IllegalArgumentException(
          "prune.from: teacher: is no network of weights or of a run, which can be pruned; fix: name"
              + " the folder of a run");
    }
    ObjectNode network = teacher.deepCopy();
    network.remove(TeacherBinding.besideNetwork());
    return network;
  }

  private static ObjectNode student(Path file) {
    JsonNode student = ConfigurationTree.read(file).root().get(STUDENT);
    if (student instanceof ObjectNode found) {
      return found;
    }
    throw new IllegalArgumentException("pruned: " + file + " has no student");
  }

  private static void copy(ObjectNode from, ObjectNode to, Set<String> without) {
    from.properties()
        .forEach(
            entry -> {
              if (!without.contains(entry.getKey()) && !to.has(entry.getKey())) {
                to.set(entry.getKey(), entry.getValue());
              }
            });
  }
}
