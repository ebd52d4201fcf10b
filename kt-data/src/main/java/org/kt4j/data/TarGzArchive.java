package org.kt4j.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.MessageDigestAlgorithms;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.kt4j.data.Download.PackedFile;
import org.kt4j.data.file.AtomicFiles;

/** A {@code .tar.gz} archive of which some files are kept. */
final class TarGzArchive {

  private final Path file;

  TarGzArchive(Path file) {
    this.file = file;
  }

  /**
   * Takes the named files out, and no others, so that no entry can choose where it is written.
   *
   * @param files all must be there
   * @param folder where to, without the folders of the archive
   * @throws DataException when one is missing or has another sha256, or the archive is cut short
   */
  void unpack(List<PackedFile> files, Path folder) throws IOException {
    Map<String, PackedFile> missing = new LinkedHashMap<>();
    for (PackedFile packed : files) {
      missing.put(packed.entry(), packed);
    }
    try (InputStream raw = Files.newInputStream(file);
        TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(raw, 1 << 16))) {
      for (TarArchiveEntry entry = tar.getNextEntry();
          entry != null && !missing.isEmpty();
          entry = tar.getNextEntry()) {
        PackedFile packed = entry.isFile() ? missing.remove(entry.getName()) : null;
        if (packed != null) {
          AtomicFiles.write(folder.resolve(packed.name()), beside -> write(tar, packed, beside));
        }
      }
    } catch (EOFException e) {
      throw new DataException(
          file + ": the archive is cut short; fix: delete it and run it again", e);
    }
    if (!missing.isEmpty()) {
      throw new DataException(
          file
              + ": the archive does not hold "
              + missing.keySet()
              + "; fix: delete it and run it again");
    }
  }

  private void write(InputStream entry, PackedFile packed, Path beside) throws IOException {
    Files.copy(entry, beside, StandardCopyOption.REPLACE_EXISTING);
    String found = new DigestUtils(MessageDigestAlgorithms.SHA_256).digestAsHex(beside);
    if (!found.equals(packed.sha256())) {
      throw new DataException(
          file
              + ": "
              + packed.entry()
              + " has the sha256 "
              + found
              + "; expected: "
              + packed.sha256()
              + "; fix: delete it and run it again");
    }
  }
}
