package org.kt4j.data.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Puts files and folders in their places whole or not at all: they are written beside their place,
 * flushed to the disk, and renamed. What was there before stays until then.
 */
public final class AtomicFiles {

  /** What the name of a file or folder ends with that is not whole yet. */
  public static final String UNFINISHED = ".writing";

  private AtomicFiles() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {

    /**
     * Writes it.
     *
     * @param beside the file, under a name that it has only meanwhile; it need not exist yet
     */
    void into(Path beside) throws IOException;
  }

  /** The name that a file or folder has while it is written, in the same folder. */
  public static Path beside(Path place) {
    return place.resolveSibling(place.getFileName() + UNFINISHED);
  }

  /**
   * Writes UTF-8.
   *
   * @param file where it goes; its folder must exist, a file there is replaced
   */
  public static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes bytes.
   *
   * @param file where they go; its folder must exist, a file there is replaced
   */
  public static void write(Path file, byte[] bytes) throws IOException {
    write(file, beside -> Files.write(beside, bytes));
  }

  /**
   * Writes a file.
   *
   * @param file where it goes; its folder must exist, a file there is replaced
   * @param content writes it; where it fails, nothing is left of it
   */
  public static void write(Path file, Content content) throws IOException {
    Path beside = beside(file);
    try {
      content.into(beside);
      replace(beside, file);
    } catch (IOException | RuntimeException e) {
      try {
        FileSteps.delete(beside);
      } catch (IOException another) {
        e.addSuppressed(another);
      }
      throw e;
    }
  }

  /**
   * Puts a file in its place.
   *
   * @param made the file, whole, in the same folder
   * @param file its place; a file there is replaced
   */
  public static void replace(Path made, Path file) throws IOException {
    FileSteps.flush(made);
    FileSteps.rename(made, file);
    FileSteps.flushNames(file.toAbsolutePath().getParent());
  }

  /**
   * Puts a folder in its place. No system replaces a folder that holds files in one step: the one
   * that is there is renamed first, and renamed back where the second step fails.
   *
   * @param made the folder, whole, beside its place
   * @param folder its place
   * @return what was there before, under another name; the caller deletes it
   */
  public static Optional<Path> replaceFolder(Path made, Path folder) throws IOException {
    Path former =
        folder.resolveSibling("." + folder.getFileName() + "-former-" + UUID.randomUUID());
    return replaceFolder(made, folder, former) ? Optional.of(former) : Optional.empty();
  }

  /**
   * Puts a folder in its place.
   *
   * @param former what it is called that was there before; the caller deletes it
   * @return whether there was anything
   */
  static boolean replaceFolder(Path made, Path folder, Path former) throws IOException {
    flushTree(made);
    boolean replaced = Files.exists(folder, LinkOption.NOFOLLOW_LINKS);
    if (replaced) {
      FileSteps.rename(folder, former);
    }
    try {
      FileSteps.rename(made, folder);
    } catch (IOException e) {
      if (replaced) {
        FileSteps.rename(former, folder);
      }
      throw e;
    }
    FileSteps.flushNames(folder.toAbsolutePath().getParent());
    return replaced;
  }

  private static void flushTree(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path each : tree.toList()) {
        if (Files.isDirectory(each)) {
          FileSteps.flushNames(each);
        } else if (Files.isRegularFile(each)) {
          FileSteps.flush(each);
        }
      }
    }
  }

  /**
   * Adds UTF-8 to the end of a file, which is made when it is not there, and waits until it is on
   * the disk. A kill may leave a part of it.
   */
  public static void append(Path file, String text) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      FileSteps.flush(file, channel);
    }
  }
}
