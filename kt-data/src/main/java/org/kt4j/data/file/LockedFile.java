package org.kt4j.data.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A file that is open and locked until it is closed, against other processes and other threads of
 * this one. The system takes the lock from a process that is killed.
 *
 * <p>A file that serves as a lock alone is never removed: whoever waits for a removed one would
 * hold a lock that nobody else sees.
 */
public final class LockedFile implements AutoCloseable {

  /** A system's lock is the process's: threads need one of their own. */
  private static final Map<Path, Semaphore> IN_THIS_PROCESS = new ConcurrentHashMap<>();

  private final Semaphore own;
  private final FileChannel channel;
  private final AtomicBoolean closed = new AtomicBoolean();

  private LockedFile(Semaphore own, FileChannel channel) {
    this.own = own;
    this.channel = channel;
  }

  /**
   * Locks a file, which is made when it is not there.
   *
   * @return empty when another process has it locked
   */
  public static Optional<LockedFile> tried(Path file) throws IOException {
    Semaphore own = ofThisProcess(file);
    if (!own.tryAcquire()) {
      return Optional.empty();
    }
    return Optional.ofNullable(locked(file, own, false));
  }

  /** Waits until a file is not locked, and locks it. The file is created if it is missing. */
  public static LockedFile awaited(Path file) throws IOException {
    Semaphore own = ofThisProcess(file);
    own.acquireUninterruptibly();
    LockedFile locked = locked(file, own, true);
    if (locked == null) {
      throw new IOException(file + ": is locked by other code of this process");
    }
    return locked;
  }

  private static Semaphore ofThisProcess(Path file) {
    return IN_THIS_PROCESS.computeIfAbsent(
        file.toAbsolutePath().normalize(), path -> new Semaphore(1));
  }

  /** Locks for the holder of the semaphore, which is given back where that fails. */
  private static @Nullable LockedFile locked(Path file, Semaphore own, boolean wait)
      throws IOException {
    FileChannel channel = null;
    boolean done = false;
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock lock = wait ? channel.lock() : channel.tryLock();
      done = lock != null;
      return done ? new LockedFile(own, channel) : null;
    } catch (OverlappingFileLockException e) {
      return null; // Code of this process that does not use this class, or another name of the
      // file.
    } finally {
      if (!done) {
        own.release();
        if (channel != null) {
          channel.close();
        }
      }
    }
  }

  /** The file, open for reading and writing. */
  public FileChannel channel() {
    return channel;
  }

  /** Gives the lock back. */
  @Override
  public void close() throws IOException {
    // The channel may be closed already: the interruption of a thread that uses it does that.
    if (!closed.getAndSet(true)) {
      try {
        channel.close(); // and the lock with it
      } finally {
        own.release();
      }
    }
  }
}
