package org.kt4j.engine.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Lets one writer at a time to a file of knowledge, whether the other is a thread or a process. The
 * system takes the lock from a process that is killed.
 */
final class FillLock implements AutoCloseable {

  /** A file lock is the process's: threads need one of their own. */
  private static final Map<Path, Semaphore> IN_THIS_PROCESS = new ConcurrentHashMap<>();

  private final Semaphore own;
  private final FileChannel channel;
  private final FileLock lock;

  private FillLock(Semaphore own, FileChannel channel, FileLock lock) {
    this.own = own;
    this.channel = channel;
    this.lock = lock;
  }

  private static Path beside(Path file) {
    // Never removed: whoever waits for a removed one would hold a lock that nobody else sees.
    return file.resolveSibling("." + file.getFileName() + ".lock").toAbsolutePath().normalize();
  }

  /** Takes the lock, or finds that somebody has it. */
  static Optional<FillLock> tried(Path file) throws IOException {
    return taken(file, false);
  }

  /** Waits for the lock. */
  static FillLock awaited(Path file) throws IOException {
    return taken(file, true).orElseThrow();
  }

  private static Optional<FillLock> taken(Path file, boolean wait) throws IOException {
    Path path = beside(file);
    Semaphore own = IN_THIS_PROCESS.computeIfAbsent(path, p -> new Semaphore(1));
    if (wait) {
      own.acquireUninterruptibly();
    } else if (!own.tryAcquire()) {
      return Optional.empty();
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = wait ? channel.lock() : channel.tryLock();
      if (lock == null) {
        channel.close();
        own.release();
        return Optional.empty();
      }
      return Optional.of(new FillLock(own, channel, lock));
    } catch (IOException | RuntimeException e) {
      own.release();
      if (channel != null) {
        channel.close();
      }
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    try {
      lock.release();
      channel.close();
    } finally {
      own.release();
    }
  }
}
