package org.kt4j.engine.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ReadFault;
import org.kt4j.data.file.AtomicFiles;
import org.kt4j.data.file.FileSteps;
import org.kt4j.data.file.LockedFile;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.teacher.Teacher;
import org.tensorflow.types.TFloat32;

/**
 * A folder of knowledge, see the package page. Several processes may use it at once: one fills a
 * file while the others that want the same file wait for it.
 */
public final class KnowledgeCache {

  /** The default folder. */
  public static final Path FOLDER = Path.of("cache");

  /** What the name of every file ends with. */
  static final String SUFFIX = ".knowledge";

  /** The part of the heap that one block's rows may take; a file whose block takes more, alone. */
  private static final int PART_OF_HEAP = 8;

  private final Path folder;
  private final Replicas replicas;
  private final long atOnce;

  /** The cache in a folder, which need not be there yet. */
  public KnowledgeCache(Path folder) {
    this(folder, Replicas.one());
  }

  /**
   * The cache of several workers, which compute what is missing together. Those that see the same
   * folder have one cache; a worker on a machine with a disk of its own has a copy there.
   *
   * @param folder need not be there yet
   */
  public KnowledgeCache(Path folder, Replicas replicas) {
    this(folder, replicas, Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
  }

  KnowledgeCache(Path folder, Replicas replicas, long atOnce) {
    this.folder = folder;
    this.replicas = replicas;
    this.atOnce = atOnce;
  }

  /**
   * The knowledge that a teacher gives, computed now as far as it is not there: in one pass over
   * the pictures, or in several where the rows of all requests would take too much memory.
   *
   * @param teacher asked only for what is missing
   * @param views the pixels
   * @param precision of the numbers
   * @param requests of the terms
   * @param listener told how it goes
   * @return a file for each request, ready to be read
   * @throws CacheException when the folder cannot be written, has no room, or a number cannot be
   *     stored
   */
  public List<KnowledgeFile> provide(
      Teacher teacher,
      Views views,
      Precision precision,
      List<KnowledgeRequest> requests,
      FillListener listener) {
    return provided(
        () -> new KnowledgeRows(folder, teacher, views, precision, requests),
        views.count(),
        listener);
  }

  /**
   * What teachers say of pictures that do not change, computed now as far as it is not there. In a
   * folder that can only be read, what is missing is computed and not kept.
   *
   * @param answers asked only for what is missing
   * @return the rows of all pictures, one after another
   * @throws CacheException when the folder cannot be written or has no room
   */
  public float[] answers(TeacherAnswers answers) {
    BitSet cannotKeep = new BitSet();
    cannotKeep.set(0, Files.isDirectory(folder) && !Files.isWritable(folder) && lacks(answers));
    if (!replicas.any(cannotKeep).isEmpty()) {
      return answers.computed(replicas);
    }
    KnowledgeFile file =
        provided(() -> new AnswerRows(folder, answers), 1, FillListener.SILENT).get(0);
    try (TFloat32 rows = file.rows(0, IntStream.range(0, answers.count()).toArray())) {
      return ImageGraph.floats(rows);
    }
  }

  private boolean lacks(TeacherAnswers answers) {
    try (RowSource source = new AnswerRows(folder, answers)) {
      FileStock stock = source.parts().get(0);
      stock.look();
      return !stock.isWhole();
    } catch (IOException e) {
      return true;
    }
  }

  private List<KnowledgeFile> provided(
      Supplier<RowSource> source, int views, FillListener listener) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw ConfigurationException.of(
          "cache.folder: " + folder + " is a file; allowed: a folder, or a name that is not taken");
    }
    try {
      Files.createDirectories(folder);
      try (RowSource rows = source.get()) {
        return filled(rows, views, listener);
      }
    } catch (IOException e) {
      throw new CacheException(
          folder
              + ": the cache cannot be read or written ("
              + ReadFault.reason(e)
              + "); what was computed so far is kept. "
              + (e instanceof AccessDeniedException
                  ? "Permit it to be read and written,"
                  : "Make room")
              + " or name another folder with cache.folder, and start the same command again",
          e);
    }
  }

  private List<KnowledgeFile> filled(RowSource source, int views, FillListener listener)
      throws IOException {
    // Terms of one name in two phases may want the same.
    Map<Path, FileStock> stocks = new LinkedHashMap<>();
    source.parts().forEach(part -> stocks.putIfAbsent(part.path(), part));
    for (FileStock stock : stocks.values()) {
      stock.look();
    }
    fillTogether(source, List.copyOf(stocks.values()), listener);
    List<KnowledgeFile> files = new ArrayList<>();
    for (FileStock part : source.parts()) {
      FileStock stock = stocks.getOrDefault(part.path(), part);
      stock.file().map(views);
      markUsed(stock.path());
      files.add(stock.file());
    }
    return files;
  }

  /** Records the time of use for {@code kt cache list}, unless the cache is read-only. */
  private static void markUsed(Path file) throws IOException {
    if (Files.isWritable(file)) {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    }
  }

  /**
   * One worker of each folder writes what is missing there; all compute it, and then read it. A
   * worker that is alone does all of this.
   */
  private void fillTogether(RowSource source, List<FileStock> stocks, FillListener listener)
      throws IOException {
    BitSet own = new BitSet();
    for (int s = 0; s < stocks.size(); s++) {
      if (stocks.get(s).isWhole()) {
        listener.found(stocks.get(s).stock());
      } else {
        own.set(s);
      }
    }
    if (replicas.any(own).isEmpty()) {
      return; // A folder that can only be read is enough.
    }
    boolean writes = new SharedFolder(folder, replicas).isFirstHere();
    if (!writes) {
      own.clear();
    }
    List<FileStock> wanted = replicas.any(own).stream().mapToObj(stocks::get).toList();
    fillLocked(source, own.stream().mapToObj(stocks::get).toList(), wanted, listener);
    replicas.await();
    if (!writes) {
      for (FileStock stock : stocks) {
        requireSeen(stock);
      }
    }
  }

  private static void requireSeen(FileStock stock) throws IOException {
    stock.look();
    if (!stock.isWhole()) {
      throw new CacheException(
          stock.path()
              + ": the workers have filled it, but it is not whole here; fix: a folder of its own"
              + " for this machine, or one that all machines see at once, as cache.folder");
    }
  }

  /**
   * Fills what this worker writes.
   *
   * @param lacking what it may have to write
   * @param wanted what all workers compute, in the same order
   */
  private void fillLocked(
      RowSource source, List<FileStock> lacking, List<FileStock> wanted, FillListener listener)
      throws IOException {
    Map<Path, LockedFile> locks = new HashMap<>();
    try {
      // All in the order of their names: two that want the same files never wait for each other.
      for (FileStock part :
          lacking.stream().sorted(Comparator.comparing(FileStock::path)).toList()) {
        Optional<LockedFile> lock = LockedFile.tried(lock(part.path()));
        if (lock.isEmpty()) {
          listener.waits(part.path());
          locks.put(part.path(), LockedFile.awaited(lock(part.path())));
        } else {
          locks.put(part.path(), lock.get());
        }
      }
      for (FileStock part : lacking) {
        part.look(); // Somebody else may have filled it meanwhile.
        part.mend();
        listener.found(part.stock());
      }
      requireRoom(lacking);
      for (List<FileStock> group : groups(wanted)) {
        List<FileStock> written = lacking.stream().filter(group::contains).toList();
        new Fill(source, written, group, replicas).run(listener);
        for (FileStock whole : written) {
          closed(locks.remove(whole.path()));
        }
      }
    } finally {
      for (LockedFile lock : locks.values()) {
        closed(lock);
      }
    }
  }

  private static void closed(@Nullable LockedFile lock) throws IOException {
    if (lock != null) {
      lock.close();
    }
  }

  /** Files in their order whose blocks can be in memory together, in that of every worker. */
  private List<List<FileStock>> groups(List<FileStock> wanted) {
    long least =
        replicas.all(ByteBuffer.allocate(Long.BYTES).putLong(atOnce).array()).stream()
            .mapToLong(each -> ByteBuffer.wrap(each).getLong())
            .min()
            .orElse(atOnce);
    List<List<FileStock>> groups = new ArrayList<>();
    long bytes = 0;
    for (FileStock each : wanted) {
      bytes += each.blockBytes();
      if (groups.isEmpty() || bytes > least) {
        groups.add(new ArrayList<>());
        bytes = each.blockBytes();
      }
      groups.get(groups.size() - 1).add(each);
    }
    return groups;
  }

  /** The lock file of another file, held while that is filled or removed. */
  static Path lock(Path file) {
    return file.resolveSibling("." + file.getFileName() + ".lock");
  }

  private void requireRoom(List<FileStock> lacking) throws IOException {
    long needed = lacking.stream().mapToLong(FileStock::missingBytes).sum();
    long free = Files.getFileStore(folder).getUsableSpace();
    if (needed > free) {
      throw new CacheException(
          folder
              + ": the knowledge takes "
              + ((needed >> 20) + 1)
              + " MiB more and only "
              + (free >> 20)
              + " MiB are free there. Make room, name another folder with cache.folder, or store less:"
              + " cache.precision: half, fewer augmentation.views, smaller layers");
    }
  }

  /**
   * A file in the folder.
   *
   * @param path where it lies
   * @param file what it holds; null when that cannot be read
   * @param problem why not
   */
  public record Entry(Path path, @Nullable KnowledgeFile file, String problem) {}

  /** Every file of the folder, by name; none if there is no such folder. */
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path path : files.filter(each -> each.toString().endsWith(SUFFIX)).sorted().toList()) {
        try {
          entries.add(new Entry(path, KnowledgeFile.open(path), ""));
        } catch (CacheException | IOException e) {
          entries.add(new Entry(path, null, String.valueOf(e.getMessage())));
        }
      }
      return entries;
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new CacheException(
          folder + ": the cache cannot be read (" + ReadFault.reason(e) + ")", e);
    }
  }

  /** Removes what killed processes have left of files that they had not begun to fill. */
  public void removeUnfinished() {
    String end = SUFFIX + AtomicFiles.UNFINISHED;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path left : files.filter(each -> each.toString().endsWith(end)).toList()) {
        String name = String.valueOf(left.getFileName());
        Path file =
            left.resolveSibling(name.substring(0, name.length() - AtomicFiles.UNFINISHED.length()));
        if (!Files.exists(file)) {
          remove(file);
        }
      }
    } catch (NoSuchFileException e) {
      // There is no cache.
    } catch (IOException e) {
      throw new CacheException(
          folder + ": the cache cannot be read (" + ReadFault.reason(e) + ")", e);
    }
  }

  /**
   * Removes a file.
   *
   * @return whether it was removed; false while a process fills it
   */
  public boolean remove(Path file) {
    if (Files.isDirectory(file)) {
      throw new CacheException(
          file + ": is a folder, which no cache makes; fix: remove it by hand");
    }
    try {
      Optional<LockedFile> lock = LockedFile.tried(lock(file));
      if (lock.isEmpty()) {
        return false;
      }
      try {
        FileSteps.delete(file);
        FileSteps.delete(AtomicFiles.beside(file));
        return true;
      } finally {
        lock.get().close();
      }
    } catch (IOException e) {
      throw new CacheException(file + ": cannot be removed (" + ReadFault.reason(e) + ")", e);
    }
  }
}
