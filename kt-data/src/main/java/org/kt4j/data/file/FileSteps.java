package org.kt4j.data.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The steps in which files change so that it matters where a process is killed: a rename, a flush
 * to the disk, a deletion. All code of the project takes these steps here, so that a test can stop
 * it before each one and look at what is left.
 */
public final class FileSteps {

  /** What stands for a kill: neither an exception that code handles nor one that it expects. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;

    Killed(String step) {
      super("stopped before: " + step);
    }
  }

  /** What happens before each step. */
  @FunctionalInterface
  private interface Watch {
    void before(String step, Path path);
  }

  /** That of the action of a test; null where none is watched. */
  private static final AtomicReference<@Nullable Watch> WATCH = new AtomicReference<>();

  private FileSteps() {}

  /**
   * Runs an action as if the process were killed before one of its steps: that step and all later
   * ones of this process are not taken. For tests, which then do the same again and find what an
   * action that was not stopped leaves.
   *
   * @param step the number of the first step that is not taken, counted from 0
   * @param action takes steps, on any threads
   * @return whether it was stopped; false once it takes fewer steps
   */
  public static boolean stoppedBefore(int step, Runnable action) {
    AtomicInteger left = new AtomicInteger(step);
    try {
      watch(
          (next, path) -> {
            if (left.decrementAndGet() < 0) {
              throw new Killed(next + " " + path);
            }
          },
          action);
    } catch (Throwable e) {
      if (left.get() >= 0) {
        throw e;
      }
    }
    return left.get() < 0;
  }

  /**
   * Runs an action and looks at the files before each of its steps: so they are left where the
   * process is killed there. For tests, which go on from copies of them and need the action once.
   *
   * @param look takes the number of the step, counted from 0
   * @param action takes steps, on any threads
   */
  public static void lookedAtBefore(IntConsumer look, Runnable action) {
    AtomicInteger next = new AtomicInteger();
    watch(
        (step, path) -> {
          synchronized (next) {
            look.accept(next.getAndIncrement());
          }
        },
        action);
  }

  private static void watch(Watch watch, Runnable action) {
    if (!WATCH.compareAndSet(null, watch)) {
      throw new IllegalStateException("another action is being watched");
    }
    try {
      action.run();
    } finally {
      WATCH.set(null);
    }
  }

  private static void before(String step, Path path) {
    Watch watch = WATCH.get();
    if (watch != null) {
      watch.before(step, path);
    }
  }

  /** Renames a file or a folder; a file of the new name is replaced in the same step. */
  public static void rename(Path from, Path to) throws IOException {
    before("rename", from);
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Waits until the content of a file is on the disk. */
  public static void flush(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      flush(file, channel);
    }
  }

  /** Waits until the content of an open file is on the disk. */
  public static void flush(Path file, FileChannel channel) throws IOException {
    before("flush", file);
    channel.force(true);
  }

  /** Waits until the names in a folder are on the disk. */
  static void flushNames(@Nullable Path folder) {
    if (folder == null) {
      return; // the root has no name
    }
    before("flush", folder);
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Not every system can flush a folder; where one cannot, the rename may be lost but not torn.
    }
  }

  /** Deletes a file, a link or an empty folder, if it is there. */
  public static void delete(Path path) throws IOException {
    before("delete", path);
    Files.deleteIfExists(path);
  }

  /** Deletes a file, or a folder with all that is in it, if it is there; links are not followed. */
  public static void deleteTree(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
