package org.kt4j.engine.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.kt4j.data.ReadFault;
import org.kt4j.data.file.AtomicFiles;
import org.kt4j.data.file.UnfinishedFolder;

/**
 * A folder of files with their {@link Checksums} that appears whole or not at all, and replaces
 * only what is its own kind.
 */
public final class ExportFolder {

  /** The classes, one a line, under the name that DJL's translators look for. */
  public static final String CLASSES = "synset.txt";

  /** What DJL reads of a model's folder: its engine, its options, its translator's arguments. */
  public static final String SERVING = "serving.properties";

  private final Path folder;
  private final Set<String> files;
  private final boolean overwrite;

  /**
   * Writes files into a folder that is there and empty.
   *
   * @param <T> what is known when they are written
   */
  @FunctionalInterface
  public interface Content<T> {

    /**
     * Writes them.
     *
     * @param beside the folder, under a name that it has only meanwhile
     */
    T into(Path beside) throws IOException;
  }

  /**
   * A folder to be written.
   *
   * @param folder where; folders above it are made
   * @param files names of all that it may hold; those of an export in another format it may, too
   * @param overwrite whether one that is there is replaced
   * @throws ExportException when it is there and is not to be replaced, or holds something else, or
   *     what a killed process has left cannot be removed
   */
  public ExportFolder(Path folder, Set<String> files, boolean overwrite) {
    this.folder = folder;
    this.files = files;
    this.overwrite = overwrite;
    removeAbandoned();
    requireReplaceable();
  }

  private void removeAbandoned() {
    Path parent = folder.toAbsolutePath().normalize().getParent();
    try {
      if (parent != null) {
        UnfinishedFolder.removeAbandoned(parent);
      }
    } catch (IOException e) {
      throw new ExportException(
          parent
              + ": what an export that was stopped has left cannot be removed ("
              + e
              + "); fix: remove what ends with "
              + AtomicFiles.UNFINISHED
              + " there",
          e);
    }
  }

  /**
   * Writes it. What was there stays until all is written, and for good when something fails.
   *
   * @return what the content says
   * @throws ExportException when it cannot be written
   */
  public <T> T write(Content<T> content) {
    Path whole = folder.toAbsolutePath().normalize();
    if (whole.getParent() == null) {
      throw new ExportException(folder + ": is no place for a folder; fix: name a new one");
    }
    try (UnfinishedFolder unfinished = UnfinishedFolder.of(whole)) {
      T result = content.into(unfinished.path());
      Checksums.write(unfinished.path());
      requireReplaceable();
      unfinished.putInPlace();
      return result;
    } catch (IOException e) {
      throw new ExportException(folder + ": cannot be written (" + ReadFault.reason(e) + ")", e);
    }
  }

  private void requireReplaceable() {
    if (!Files.exists(folder)) {
      return;
    }
    if (!overwrite) {
      throw new ExportException(
          folder + ": is there already; fix: name a new folder, or replace it with --overwrite");
    }
    for (Path file : list(folder)) {
      String name = String.valueOf(file.getFileName());
      if (!files.contains(name) && !name.equals(Checksums.FILE) && !ExportFormats.isWritten(name)) {
        throw new ExportException(
            folder
                + ": holds "
                + name
                + ", which is no part of an export, and is not replaced; fix: name another folder");
      }
    }
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (IOException e) {
      throw new ExportException(
          folder
              + ": is no folder that could be replaced ("
              + ReadFault.reason(e)
              + "); fix: name another",
          e);
    }
  }

  /** The sizes of a folder's files in bytes, by name. */
  public static Map<String, Long> sizes(Path folder) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    for (Path file : list(folder)) {
      sizes.put(String.valueOf(file.getFileName()), Files.size(file));
    }
    return sizes;
  }

  /**
   * Writes the classes.
   *
   * @throws IllegalArgumentException when one is blank or longer than a line
   */
  public static void writeClasses(Path folder, List<String> classes) throws IOException {
    requireLines(classes);
    Files.write(folder.resolve(CLASSES), classes);
  }

  /**
   * Refuses classes that are no lines.
   *
   * @throws IllegalArgumentException when one is blank or longer than a line
   */
  public static void requireLines(List<String> classes) {
    for (String each : classes) {
      if (each.isBlank() || !each.lines().toList().equals(List.of(each))) {
        throw new IllegalArgumentException(
            "classes: '" + each + "' is no line of " + CLASSES + "; allowed: one line, not blank");
      }
    }
  }
}
