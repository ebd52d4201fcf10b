package org.kt4j.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.Download.PackedFile;
import org.kt4j.data.Download.RemoteFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the files of a {@link Download} into a folder.
 *
 * <p>Bytes arrive in {@code NAME.part}; only when their number and their sha256 are right is the
 * file renamed to its final name. What is there and right is not fetched again; a {@code .part}
 * left by an earlier attempt is continued when the server can (HTTP range requests). A cut
 * connection is taken up again a few times before it is an error, and then the {@code .part} stays
 * for the next call.
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

  private static final int ATTEMPTS = 4;
  private static final int REDIRECTS = 5;
  private static final int CONNECT_MILLIS = 20_000;

  private final int readMillis;
  private final int pauseMillis;

  /** A downloader that gives a silent server 60 seconds and waits 2 seconds between attempts. */
  public Downloader() {
    this(60_000, 2_000);
  }

  Downloader(int readMillis, int pauseMillis) {
    this.readMillis = readMillis;
    this.pauseMillis = pauseMillis;
  }

  /**
   * Fetches what is missing.
   *
   * @param download what and from where
   * @param folder where to; made when it does not exist
   * @param progress told how far each file is
   * @throws DataException when the server does not answer or has another file than expected, the
   *     disk is full, or another process is at it; no half file stands under a final name
   */
  public void fetch(Download download, Path folder, Progress progress) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new DataException(folder + ": cannot be made: " + e + "; fix: name another folder", e);
    }
    for (RemoteFile file : download.files()) {
      fetch(file, folder, progress);
    }
  }

  private void fetch(RemoteFile file, Path folder, Progress progress) {
    Path target = folder.resolve(file.name());
    Path part = folder.resolve(file.name() + ".part");
    try {
      if (isThere(file, folder)) {
        log.info("{}: {} is there, sha256 as expected", folder, file.name());
        return;
      }
      if (!matches(target, file.bytes(), file.sha256())) {
        receive(file, part, target, progress);
      }
      if (!file.unpack().isEmpty()) {
        unpack(file, target, folder);
        Files.delete(target);
      }
    } catch (IOException e) {
      throw new DataException(
          target
              + ": "
              + e
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
    try (FileChannel channel =
        FileChannel.open(
            part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      lock(channel, part); // until the channel is closed
      requireRoom(file, part);
      transferAll(file, channel, progress);
      channel.force(true);
    }
    String found = sha256(part);
    if (!found.equals(file.sha256())) {
      Files.delete(part);
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
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void lock(FileChannel channel, Path part) throws IOException {
    @Nullable FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new DataException(
          part + ": another process is downloading it; fix: wait until it is done");
    }
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
    @Nullable HttpURLConnection connection = null;
    try {
      connection = connect(file, channel.size());
      position(connection, file, channel);
      byte[] buffer = new byte[1 << 16];
      InputStream in = stream(connection);
      for (int read = read(in, buffer); read >= 0; read = read(in, buffer)) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
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
    } finally {
      if (connection != null) {
        connection.disconnect();
      }
    }
  }

  /** Sets the channel to where the answer's first byte belongs. */
  private static void position(HttpURLConnection connection, RemoteFile file, FileChannel channel)
      throws IOException, RemoteFault {
    int status = status(connection);
    if (status == HttpURLConnection.HTTP_PARTIAL) {
      String expected = "bytes " + channel.size() + "-";
      String range = String.valueOf(connection.getHeaderField("Content-Range"));
      if (!range.startsWith(expected)) {
        throw new RemoteFault(
            "Content-Range '" + range + "', expected '" + expected + "...'", false);
      }
      channel.position(channel.size());
    } else if (status == HttpURLConnection.HTTP_OK) {
      channel.truncate(0);
      channel.position(0);
    } else {
      boolean mayPass = status >= 500 || status == 429 || status == 416;
      if (status == 416) { // the server holds less than we have: start again
        channel.truncate(0);
      }
      throw new RemoteFault("the server answered with status " + status, mayPass);
    }
    long length = connection.getContentLengthLong();
    if (length >= 0 && channel.position() + length != file.bytes()) {
      throw new RemoteFault(
          "the server's file has "
              + (channel.position() + length)
              + " bytes; expected: "
              + file.bytes(),
          false);
    }
  }

  private HttpURLConnection connect(RemoteFile file, long from) throws RemoteFault {
    try {
      URL url = file.source().toURL();
      for (int redirect = 0; redirect <= REDIRECTS; redirect++) {
        URLConnection opened = url.openConnection();
        if (!(opened instanceof HttpURLConnection connection)) {
          throw new RemoteFault("'" + url.getProtocol() + "' is not http or https", false);
        }
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(readMillis);
        // Followed here, because the JDK does not follow from http to https.
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("User-Agent", "kt4j");
        connection.setRequestProperty("Accept-Encoding", "identity");
        if (from > 0) {
          connection.setRequestProperty("Range", "bytes=" + from + "-");
        }
        int status = connection.getResponseCode();
        String location = connection.getHeaderField("Location");
        if (status < 300 || status >= 400 || location == null) {
          return connection;
        }
        connection.disconnect();
        url = new URL(url, location);
      }
      throw new RemoteFault("more than " + REDIRECTS + " redirects", false);
    } catch (IOException e) {
      throw new RemoteFault("no answer: " + e, true);
    }
  }

  // The three below turn what the network does into a RemoteFault; what the disk does stays an
  // IOException.

  private static int status(HttpURLConnection connection) throws RemoteFault {
    try {
      return connection.getResponseCode();
    } catch (IOException e) {
      throw new RemoteFault("no answer: " + e, true);
    }
  }

  private static InputStream stream(HttpURLConnection connection) throws RemoteFault {
    try {
      return connection.getInputStream();
    } catch (IOException e) {
      throw new RemoteFault("no answer: " + e, true);
    }
  }

  private static int read(InputStream in, byte[] buffer) throws RemoteFault {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw new RemoteFault("the connection was cut: " + e, true);
    }
  }

  private void pause() {
    try {
      Thread.sleep(pauseMillis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DataException("the download was interrupted; fix: run it again to continue", e);
    }
  }

  /**
   * Takes the named files out of an archive, and no others, so that no entry can choose where it is
   * written.
   */
  private static void unpack(RemoteFile file, Path archive, Path folder) throws IOException {
    Map<String, PackedFile> missing = new LinkedHashMap<>();
    for (PackedFile packed : file.unpack()) {
      missing.put(packed.entry(), packed);
    }
    try (InputStream raw = Files.newInputStream(archive);
        TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(raw, 1 << 16))) {
      for (TarArchiveEntry entry = tar.getNextEntry();
          entry != null && !missing.isEmpty();
          entry = tar.getNextEntry()) {
        PackedFile packed = entry.isFile() ? missing.remove(entry.getName()) : null;
        if (packed != null) {
          write(tar, packed, archive, folder);
        }
      }
    } catch (EOFException e) {
      throw new DataException(
          archive + ": the archive is cut short; fix: delete it and run it again", e);
    }
    if (!missing.isEmpty()) {
      throw new DataException(
          archive
              + ": the archive does not hold "
              + missing.keySet()
              + "; fix: delete it and run it again");
    }
  }

  private static void write(InputStream in, PackedFile packed, Path archive, Path folder)
      throws IOException {
    Path part = folder.resolve(packed.name() + ".part");
    MessageDigest digest = newDigest();
    try (FileChannel channel =
            FileChannel.open(
                part,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        OutputStream out = Channels.newOutputStream(channel)) {
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
        out.write(buffer, 0, read);
      }
      channel.force(true);
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(packed.sha256())) {
      Files.delete(part);
      throw new DataException(
          archive
              + ": "
              + packed.entry()
              + " has the sha256 "
              + found
              + "; expected: "
              + packed.sha256()
              + "; fix: delete it and run it again");
    }
    Files.move(
        part,
        folder.resolve(packed.name()),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest = newDigest();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
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
