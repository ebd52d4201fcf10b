package org.kt4j.data.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder that is written beside its place and put there when it is whole. Its writer holds a lock
 * as long as it lives, by which what a killed one has left is known and removed:
 *
 * <pre>
 * .model-UUID.writing         what is written for model/
 * .model-UUID.former.writing  what was in that place, between the renames of {@link #putInPlace}
 * .model-UUID.lock.writing    the lock
 * </pre>
 */
public final class UnfinishedFolder implements AutoCloseable {

  private static final String FORMER = ".former" + AtomicFiles.UNFINISHED;
  private static final String LOCK = ".lock" + AtomicFiles.UNFINISHED;

  private static final Pattern NAME =
      Pattern.compile(
          "[.].+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}([.](former|lock))?[.]writing");

  private static final int UUID_LENGTH = 36;

  private final Path place;
  private final String base;
  private final LockedFile lock;

  private UnfinishedFolder(Path place, String base, LockedFile lock) {
    this.place = place;
    this.base = base;
    this.lock = lock;
  }

  /**
   * Makes an empty folder, and the folders above it.
   *
   * @param place where it goes, not the root
   */
  public static UnfinishedFolder of(Path place) throws IOException {
    Path whole = place.toAbsolutePath().normalize();
    Path parent = Files.createDirectories(Objects.requireNonNull(whole.getParent(), "the root"));
    String base = "." + whole.getFileName() + "-" + UUID.randomUUID();
    // Locked before there is anything that would look abandoned.
    LockedFile lock = LockedFile.awaited(parent.resolve(base + LOCK));
    UnfinishedFolder folder = new UnfinishedFolder(whole, base, lock);
    try {
      Files.createDirectory(folder.path());
      return folder;
    } catch (IOException e) {
      folder.close();
      throw e;
    }
  }

  /** Where it is while it is written. */
  public Path path() {
    return place.resolveSibling(base + AtomicFiles.UNFINISHED);
  }

  /** Puts it in its place and removes what was there before. */
  public void putInPlace() throws IOException {
    Path former = place.resolveSibling(base + FORMER);
    AtomicFiles.replaceFolder(path(), place, former);
    FileSteps.deleteTree(former);
  }

  /** Removes it unless it is in its place. */
  @Override
  public void close() throws IOException {
    try {
      FileSteps.deleteTree(path());
      FileSteps.delete(place.resolveSibling(base + LOCK));
    } finally {
      lock.close();
    }
  }

  /** Whether a name is one of those that this class gives. */
  public static boolean isOne(Path file) {
    return NAME.matcher(String.valueOf(file.getFileName())).matches();
  }

  /**
   * Removes what killed processes have left in a folder, and puts back what they had renamed when
   * nothing had come into its place yet. What a living process writes stays.
   *
   * @param parent need not be there
   */
  public static void removeAbandoned(Path parent) throws IOException {
    if (!Files.isDirectory(parent)) {
      return;
    }
    Set<String> bases = new TreeSet<>();
    try (Stream<Path> files = Files.list(parent)) {
      for (Path each : files.filter(UnfinishedFolder::isOne).toList()) {
        bases.add(each.getFileName().toString().replaceFirst("([.](former|lock))?[.]writing$", ""));
      }
    }
    for (String base : bases) {
      removeIfAbandoned(parent, base);
    }
  }

  private static void removeIfAbandoned(Path parent, String base) throws IOException {
    Path lock = parent.resolve(base + LOCK);
    Optional<LockedFile> own = LockedFile.tried(lock);
    if (own.isEmpty()) {
      return;
    }
    try {
      Path former = parent.resolve(base + FORMER);
      if (Files.exists(former, LinkOption.NOFOLLOW_LINKS)) {
        Path place = parent.resolve(base.substring(1, base.length() - UUID_LENGTH - 1));
        if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
          FileSteps.deleteTree(former);
        } else {
          FileSteps.rename(former, place);
        }
      }
      FileSteps.deleteTree(parent.resolve(base + AtomicFiles.UNFINISHED));
      FileSteps.delete(lock); // last: whoever finds it goes on from here
    } finally {
      own.get().close();
    }
  }
}
