package org.kt4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.file.AtomicFiles;

/**
 * The folder that {@code kt init} writes configurations to.
 *
 * @param path of it, which need not exist
 */
record DraftFolder(Path path) {

  /**
   * Checks that files can go there and that none is lost.
   *
   * @param asked by the user; null for one in {@code configs} with the name of the pictures'
   * @param pictures the folder that the configurations are for
   */
  static DraftFolder of(@Nullable Path asked, Path pictures) throws IOException {
    Path path = asked != null ? asked : Path.of("configs").resolve(name(pictures));
    requireFree(path);
    requireOutside(pictures, path);
    return new DraftFolder(path);
  }

  /** The name of a folder as it can stand in commands on all systems. */
  private static String name(Path folder) {
    Path last = folder.toAbsolutePath().normalize().getFileName();
    String plain =
        String.valueOf(last)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return plain.isEmpty() ? "pictures" : plain;
  }

  private static void requireFree(Path path) throws IOException {
    OutputPlace.folder("--out", path);
    if (!Files.isDirectory(path)) {
      return;
    }
    List<String> there;
    try (Stream<Path> files = Files.list(path)) {
      there =
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(file -> file.endsWith(".yaml"))
              .sorted()
              .toList();
    }
    if (!there.isEmpty()) {
      throw new BadInputException(
          path
              + ": there is "
              + String.join(", ", there)
              + " already; fix: name another folder with --out, or move it away");
    }
  }

  /** Configurations and runs are no pictures: in a folder of classes they would become some. */
  private static void requireOutside(Path pictures, Path path) throws IOException {
    if (!Files.isDirectory(pictures)) {
      return;
    }
    Path real = pictures.toRealPath();
    Path runs = Path.of("").toRealPath();
    if (runs.startsWith(real) || path.toAbsolutePath().normalize().startsWith(real)) {
      throw new BadInputException(
          pictures
              + ": configurations and runs would be written among the pictures; fix: run kt in"
              + " another folder, such as "
              + (real.getParent() == null ? "one beside it" : real.getParent())
              + (runs.startsWith(real) ? "" : ", or name another one with --out"));
    }
  }

  /** As it stands in commands and in comments of configurations. */
  String text() {
    return path.toString().replace('\\', '/');
  }

  /** Puts all files in their places, or none where the folder is new. */
  void put(Map<String, String> texts) throws IOException {
    if (Files.isDirectory(path)) {
      for (Map.Entry<String, String> text : texts.entrySet()) {
        AtomicFiles.write(path.resolve(text.getKey()), text.getValue());
      }
      return;
    }
    Path absolute = path.toAbsolutePath();
    Files.createDirectories(absolute.getParent());
    Path made = Files.createDirectories(AtomicFiles.beside(absolute));
    for (Map.Entry<String, String> text : texts.entrySet()) {
      Files.writeString(made.resolve(text.getKey()), text.getValue());
    }
    AtomicFiles.replaceFolder(made, absolute);
  }
}
