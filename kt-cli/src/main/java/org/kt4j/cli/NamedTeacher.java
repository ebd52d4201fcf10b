package org.kt4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.draft.DraftFiles;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.teacher.WeightsException;
import org.kt4j.engine.weights.NetworkMatch;
import org.kt4j.engine.weights.NetworkMatches;
import org.kt4j.engine.weights.WeightFile;

/**
 * The teacher of {@code kt init}.
 *
 * @param keys in YAML's flow style; null where one is to be trained
 * @param mapped whether its feature maps have the names of ours
 */
record NamedTeacher(@Nullable String keys, boolean mapped) {

  /**
   * A teacher that is there already.
   *
   * @param named a run folder, a file of weights, or a model of another tool; null for none
   * @param classes of the pictures
   * @param networks whose weights a file may hold
   * @throws BadInputException when it is not there, or its weights are of no network for these
   *     pictures
   */
  static NamedTeacher of(@Nullable Path named, int classes, Networks networks) {
    if (named == null) {
      return new NamedTeacher(null, true);
    }
    if (!Files.exists(named)) {
      throw new BadInputException("--teacher: " + named + " is not there");
    }
    String path = DraftFiles.scalar(named.toAbsolutePath().toString());
    if (Files.exists(RunFolder.config(named))) {
      return new NamedTeacher("{run: " + path + "}", true);
    }
    return isWeights(named)
        ? ofWeights(named, path, classes, networks)
        : new NamedTeacher("{model: " + path + "}", false);
  }

  /** A {@code .pt} may be a model as well, which is no file of weights. */
  private static boolean isWeights(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".pt")) {
      try {
        WeightFile.open(file);
        return true;
      } catch (WeightsException e) {
        return false;
      }
    }
    return Stream.of(".npz", ".safetensors", ".pth", ".th").anyMatch(name::endsWith);
  }

  /** Weights of a network of ours with as many classes as the pictures. */
  private static NamedTeacher ofWeights(Path file, String path, int classes, Networks networks) {
    List<NetworkMatch> matches =
        NetworkMatches.of(networks, WeightFile.open(file).dictionary(null).weights(file));
    NetworkMatch best = matches.isEmpty() ? null : matches.get(0);
    if (best == null || best.difference() != null) {
      throw new BadInputException(
          "--teacher: "
              + file
              + ": these are the weights of no network that kt networks lists; kt weights "
              + file
              + " shows what is there");
    }
    if (best.classes() != classes) {
      throw new BadInputException(
          "--teacher: "
              + file
              + ": "
              + best.network()
              + " of "
              + best.classes()
              + " classes, and the pictures have "
              + classes
              + "; a teacher knows the same classes; fix: begin the teacher's training with these"
              + " weights, start: {weights: "
              + path
              + "} in teacher.yaml");
    }
    return new NamedTeacher("{network: " + best.network() + ", weights: " + path + "}", true);
  }
}
