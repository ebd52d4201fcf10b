package org.kt4j.comparison.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.kt4j.data.Picture;
import org.kt4j.engine.run.RunFolder;

/**
 * A test picture with the answer of a student drawn in it.
 *
 * @param name of the picture
 * @param uri that holds the whole of it
 * @param width in pixels
 * @param height in pixels
 */
record Example(String name, String uri, int width, int height) {

  private static final String PNG = ".png";

  /** Names of those that a run has, in order; none where it has no folder of them. */
  static List<String> names(Path run, Consumer<String> warnings) {
    Path folder = RunFolder.examples(run);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(PNG))
          .map(file -> file.substring(0, file.length() - PNG.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      warnings.accept(
          folder + ": cannot be read (" + e.getMessage() + "); the report leaves it out");
      return List.of();
    }
  }

  /**
   * All of a run.
   *
   * @param warnings told of what is damaged and left out
   */
  static List<Example> all(Path run, Consumer<String> warnings) {
    List<Example> examples = new ArrayList<>();
    for (String name : names(run, warnings)) {
      read(run, name, warnings).ifPresent(examples::add);
    }
    return examples;
  }

  /** One of a run; empty where it is damaged or not there, of which the warnings tell. */
  static Optional<Example> read(Path run, String name, Consumer<String> warnings) {
    Path file = RunFolder.examples(run).resolve(name + PNG);
    if (!Files.exists(file)) {
      warnings.accept(file + ": is not there; the report leaves it out");
      return Optional.empty();
    }
    try {
      byte[] bytes = Files.readAllBytes(file);
      Picture picture = Picture.read(file);
      String uri = "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes);
      return Optional.of(new Example(name, uri, picture.width(), picture.height()));
    } catch (IOException e) {
      warnings.accept(
          file + ": the picture cannot be read (" + e.getMessage() + "); the report leaves it out");
      return Optional.empty();
    }
  }
}
