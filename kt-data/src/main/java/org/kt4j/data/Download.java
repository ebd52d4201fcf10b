package org.kt4j.data;

import java.net.URI;
import java.util.List;

/**
 * The public home of a data set's files.
 *
 * @param home the page that describes the data set and its terms of use
 * @param files what is downloaded, in this order
 */
public record Download(URI home, List<RemoteFile> files) {

  /** Copies the list. */
  public Download {
    files = List.copyOf(files);
  }

  /** The bytes that go over the wire when nothing is there yet. */
  public long bytes() {
    return files.stream().mapToLong(RemoteFile::bytes).sum();
  }

  /**
   * One file on a server.
   *
   * @param source where it is
   * @param sha256 64 hexadecimal digits in lower case
   * @param bytes its exact size
   * @param name its name in the data folder; no folders
   * @param unpack what is taken out of it, when it is a {@code .tar.gz}, which is then deleted;
   *     empty when the file is used as it is
   */
  public record RemoteFile(
      URI source, String sha256, long bytes, String name, List<PackedFile> unpack) {

    /** Checks the digest and the name. */
    public RemoteFile {
      unpack = List.copyOf(unpack);
      requireDigest(name, sha256);
      requirePlainName(name);
    }

    /** A file that is used as it is. */
    public static RemoteFile plain(URI source, String sha256, long bytes) {
      String path = source.getPath();
      return new RemoteFile(
          source, sha256, bytes, path.substring(path.lastIndexOf('/') + 1), List.of());
    }

    /** A {@code .tar.gz} of which some files are kept. */
    public static RemoteFile archive(
        URI source, String sha256, long bytes, List<PackedFile> unpack) {
      RemoteFile plain = plain(source, sha256, bytes);
      return new RemoteFile(source, sha256, bytes, plain.name(), unpack);
    }
  }

  /**
   * One file inside an archive.
   *
   * @param entry its path inside the archive
   * @param sha256 64 hexadecimal digits in lower case
   * @param bytes its exact size
   */
  public record PackedFile(String entry, String sha256, long bytes) {

    /** Checks the digest and the name. */
    public PackedFile {
      requireDigest(entry, sha256);
      requirePlainName(entry.substring(entry.lastIndexOf('/') + 1));
    }

    /** The name in the data folder: the last part of the entry. */
    public String name() {
      return entry.substring(entry.lastIndexOf('/') + 1);
    }
  }

  private static void requireDigest(String name, String sha256) {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          name + ": sha256: '" + sha256 + "' is not 64 hexadecimal digits in lower case");
    }
  }

  private static void requirePlainName(String name) {
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.contains("\\")
        || name.contains("/")) {
      throw new IllegalArgumentException("'" + name + "' is not a plain file name");
    }
  }
}
