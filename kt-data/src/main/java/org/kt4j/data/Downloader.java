package org.kt4j.data;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.MessageDigestAlgorithms;
import org.kt4j.data.Download.PackedFile;
import org.kt4j.data.Download.RemoteFile;
import org.kt4j.data.file.AtomicFiles;
import org.kt4j.data.file.FileSteps;
import org.kt4j.data.file.LockedFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the files of a {@link Download} into a folder.
 *
 * <p>Bytes arrive in {@code NAME.part}; only when their number and their sha256 are right is the
 * file renamed to its final name. What is there and right is not fetched again; a {@code .part}
 * left by an earlier attempt is continued when the server can (HTTP range requests). A cut
 * connection is taken up again a few times before it is an error, and then the {@code .part} stays
 * for the next call. One process at a time downloads into a folder; others wait for it, and find
 * there what it has brought.
 */
public final class Downloader {

  /** Told how far a file is; called often, on the calling thread. */
  @FunctionalInterface
  public interface Progress {

    /**
     * Bytes have arrived.
     *
     * @param file the file's name
     * @param done bytes so far, those of an earlier attempt included
     * @param total bytes in the end
     */
    void at(String file, long done, long total);
  }

  private static final Logger log = LoggerFactory.getLogger(Downloader.class);

  /** Stays in the folder. */
  private static final String LOCK = ".download.lock";

  private static final int ATTEMPTS = 4;

  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int NO_SUCH_RANGE = 416;
  private static final int TOO_MANY_REQUESTS = 429;

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(20))
          // From https to http as well: the digest decides whether it is the file.
          .followRedirects(HttpClient.Redirect.ALWAYS)
          .build();

  private final Duration silence;
  private final int pauseMillis;

  /** A downloader that gives a silent server 60 seconds and waits 2 seconds between attempts. */
  public Downloader() {
    this(60_000, 2_000);
  }

  Downloader(int readMillis, int pauseMillis) {
    this.silence = Duration.ofMillis(readMillis);
    this.pauseMillis = pauseMillis;
  }

  /**
   * Fetches what is missing.
   *
   * @param download what and from where
   * @param folder where to; made when it does not exist
   * @param progress told how far each file is
   * @throws DataException when the server does not answer or has another file than expected, or the
   *     disk is full; no half file stands under a final name
   */
  public void fetch(Download download, Path folder, Progress progress) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new DataException(
          folder + ": cannot be made: " + ReadFault.reason(e) + "; fix: name another folder", e);
    }
    if (!isThere(download, folder)) {
      fetchLocked(download, folder, progress);
    }
  }

  private void fetchLocked(Download download, Path folder, Progress progress) {
    try {
      LockedFile lock = locked(folder);
      try {
        for (RemoteFile file : download.files()) {
          fetch(file, folder, progress);
        }
      } finally {
        lock.close();
      }
    } catch (IOException e) {
      throw new DataException(
          folder + ": cannot be locked (" + e + "); fix: check the folder's permissions", e);
    }
  }

  /** Whether nothing is left to be done, for which the folder may be read-only. */
  private static boolean isThere(Download download, Path folder) {
    try {
      for (RemoteFile file : download.files()) {
        if (!isThere(file, folder) || isLeft(file, folder)) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false; // what cannot be read is told where it is fetched
    }
  }

  /** Whether an archive is still there beside what was taken out of it. */
  private static boolean isLeft(RemoteFile file, Path folder) {
    return !file.unpack().isEmpty() && Files.exists(folder.resolve(file.name()));
  }

  /** Waits for another process that downloads into the folder; what it brings is not asked for. */
  private static LockedFile locked(Path folder) throws IOException {
    Path file = folder.resolve(LOCK);
    Optional<LockedFile> own = LockedFile.tried(file);
    if (own.isEmpty()) {
      log.warn("{}: another process is downloading into it; waiting for it", folder);
    }
    return own.isPresent() ? own.get() : LockedFile.awaited(file);
  }

  private void fetch(RemoteFile file, Path folder, Progress progress) {
    Path target = folder.resolve(file.name());
    Path part = folder.resolve(file.name() + ".part");
    try {
      if (isThere(file, folder)) {
        log.info("{}: {} is there, sha256 as expected", folder, file.name());
        if (isLeft(file, folder)) {
          FileSteps.delete(target); // by a process that was killed before it could
        }
        return;
      }
      if (!matches(target, file.bytes(), file.sha256())) {
        receive(file, part, target, progress);
      }
      if (!file.unpack().isEmpty()) {
        new TarGzArchive(target).unpack(file.unpack(), folder);
        FileSteps.delete(target);
      }
    } catch (IOException e) {
      throw new DataException(
          target
              + ": "
              + ReadFault.reason(e)
              + "; wanted from "
              + file.source()
              + "; fix: check the disk and the folder's permissions, then run it again",
          e);
    }
  }

  /** Whether everything that a file is fetched for is in its place, and right. */
  private static boolean isThere(RemoteFile file, Path folder) throws IOException {
    if (file.unpack().isEmpty()) {
      return matches(folder.resolve(file.name()), file.bytes(), file.sha256());
    }
    for (PackedFile packed : file.unpack()) {
      if (!matches(folder.resolve(packed.name()), packed.bytes(), packed.sha256())) {
        return false;
      }
    }
    return true;
  }

  private static boolean matches(Path file, long bytes, String sha256) throws IOException {
    return Files.isRegularFile(file) && Files.size(file) == bytes && sha256(file).equals(sha256);
  }

  private void receive(RemoteFile file, Path part, Path target, Progress progress)
      throws IOException {
    boolean continued = Files.exists(part) && Files.size(part) > 0;
    String found = received(file, part, progress);
    if (!found.equals(file.sha256()) && continued) {
      log.warn("{}: the part of an earlier attempt is of another file; starting again", part);
      FileSteps.delete(part);
      found = received(file, part, progress);
    }
    if (!found.equals(file.sha256())) {
      FileSteps.delete(part);
      throw new DataException(
          target
              + ": sha256 "
              + found
              + " came from "
              + file.source()
              + "; expected: "
              + file.sha256()
              + "; it was deleted, fix: run it again, and if that does not help put the file there"
              + " by hand");
    }
    AtomicFiles.replace(part, target);
  }

  /** The digest of all bytes, once they are there. */
  private String received(RemoteFile file, Path part, Progress progress) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      requireRoom(file, part);
      transferAll(file, channel, progress);
    }
    return sha256(part);
  }

  private static void requireRoom(RemoteFile file, Path part) throws IOException {
    long needed =
        file.bytes() - Files.size(part) + file.unpack().stream().mapToLong(PackedFile::bytes).sum();
    long usable = Files.getFileStore(part).getUsableSpace();
    if (usable < needed) {
      throw new DataException(
          part
              + ": "
              + usable
              + " bytes are free on the disk; needed: "
              + needed
              + "; fix: make room, or name a folder on another disk");
    }
  }

  private void transferAll(RemoteFile file, FileChannel channel, Progress progress)
      throws IOException {
    for (int attempt = 1; channel.size() != file.bytes(); attempt++) {
      try {
        transfer(file, channel, progress);
      } catch (RemoteFault fault) {
        if (attempt >= ATTEMPTS || !fault.mayPass) {
          throw new DataException(
              file.name()
                  + ": "
                  + fault.getMessage()
                  + "; from "
                  + file.source()
                  + "; "
                  + channel.size()
                  + " of "
                  + file.bytes()
                  + " bytes are kept, fix: check the network, then run it again to continue",
              fault);
        }
        log.warn("{}: {}; trying again", file.name(), fault.getMessage());
        pause();
      }
    }
    progress.at(file.name(), file.bytes(), file.bytes());
  }

  /** One request: from where the part ends to the end of the file. */
  private void transfer(RemoteFile file, FileChannel channel, Progress progress)
      throws IOException, RemoteFault {
    if (channel.size() > file.bytes()) {
      channel.truncate(0);
    }
    HttpResponse<ArrivingBytes> answer = ask(file, channel.size());
    try (ArrivingBytes body = answer.body()) {
      position(answer, file, channel);
      for (var arrived = next(body); arrived.isPresent(); arrived = next(body)) {
        for (ByteBuffer bytes : arrived.get()) {
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        }
        if (channel.position() > file.bytes()) {
          channel.truncate(0);
          throw new RemoteFault(
              "the server sent more than the " + file.bytes() + " bytes expected", false);
        }
        progress.at(file.name(), channel.position(), file.bytes());
      }
      if (channel.position() < file.bytes()) {
        throw new RemoteFault("the connection was cut", true);
      }
    }
  }

  /** Sets the channel to where the answer's first byte belongs. */
  private static void position(HttpResponse<?> answer, RemoteFile file, FileChannel channel)
      throws IOException, RemoteFault {
    int status = answer.statusCode();
    if (status == PARTIAL) {
      String expected = "bytes " + channel.size() + "-";
      String range = answer.headers().firstValue("Content-Range").orElse("");
      if (!range.startsWith(expected)) {
        throw new RemoteFault(
            "Content-Range '" + range + "', expected '" + expected + "...'", false);
      }
      channel.position(channel.size());
    } else if (status == OK) {
      channel.truncate(0);
      channel.position(0);
    } else {
      boolean mayPass = status >= 500 || status == TOO_MANY_REQUESTS || status == NO_SUCH_RANGE;
      if (status == NO_SUCH_RANGE) { // the server holds less than we have: start again
        channel.truncate(0);
      }
      throw new RemoteFault("the server answered with status " + status, mayPass);
    }
    long length = answer.headers().firstValueAsLong("Content-Length").orElse(-1);
    if (length >= 0 && channel.position() + length != file.bytes()) {
      throw new RemoteFault(
          "the server's file has "
              + (channel.position() + length)
              + " bytes; expected: "
              + file.bytes(),
          false);
    }
  }

  /** The server's answer, whose body is still to come. */
  private HttpResponse<ArrivingBytes> ask(RemoteFile file, long from) throws RemoteFault {
    String scheme = String.valueOf(file.source().getScheme());
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new RemoteFault("'" + scheme + "' is not http or https", false);
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(file.source()).setHeader("User-Agent", "kt4j");
    if (from > 0) {
      request.setHeader("Range", "bytes=" + from + "-");
    }
    var answer = client.sendAsync(request.build(), head -> new ArrivingBytes(silence));
    try {
      // Not by the request's own limit, which newer JDKs apply to the body as well.
      return answer.get(silence.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new RemoteFault("no answer in " + silence.toMillis() + " ms", true);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw new RemoteFault(
          "no answer: " + (cause instanceof IOException fault ? ReadFault.reason(fault) : cause),
          true);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  // What the network does becomes a RemoteFault; what the disk does stays an IOException.
  private static Optional<List<ByteBuffer>> next(ArrivingBytes body) throws RemoteFault {
    try {
      return body.next();
    } catch (IOException e) {
      throw new RemoteFault("the connection was cut: " + ReadFault.reason(e), true);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void pause() {
    try {
      Thread.sleep(pauseMillis);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static DataException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new DataException("the download was interrupted; fix: run it again to continue", e);
  }

  private static String sha256(Path file) throws IOException {
    return new DigestUtils(MessageDigestAlgorithms.SHA_256).digestAsHex(file);
  }

  /** Something that the network or the server did. */
  private static final class RemoteFault extends Exception {

    private static final long serialVersionUID = 1L;

    final boolean mayPass;

    RemoteFault(String message, boolean mayPass) {
      super(message);
      this.mayPass = mayPass;
    }
  }
}
