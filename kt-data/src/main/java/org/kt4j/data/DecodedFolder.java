package org.kt4j.data;

import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The decoded pictures of the last folders that were read, as long as there is memory for them: the
 * runs of a suite open the same data one after another, and decoding large photographs takes longer
 * than a small network's training.
 */
final class DecodedFolder {

  /** Training, selection and tests. */
  private static final int KEPT = 3;

  private static final Map<Key, SoftReference<byte[][]>> LAST =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, SoftReference<byte[][]>> eldest) {
          return size() > KEPT;
        }
      };

  private DecodedFolder() {}

  /**
   * What pictures are known by.
   *
   * @param files with what would change if their content did
   * @param size that they are resized to
   */
  record Key(List<File> files, int size) {}

  private record File(Path path, long bytes, long modified, @Nullable Object inode) {}

  static Key key(List<Path> files, int size) {
    return new Key(files.stream().map(DecodedFolder::file).toList(), size);
  }

  private static File file(Path path) {
    try {
      BasicFileAttributes facts = Files.readAttributes(path, BasicFileAttributes.class);
      return new File(
          path.toAbsolutePath(),
          facts.size(),
          facts.lastModifiedTime().toMillis(),
          facts.fileKey());
    } catch (IOException e) {
      // What is wrong with it is told when it is read.
      return new File(path.toAbsolutePath(), -1, -1, null);
    }
  }

  static synchronized Optional<byte[][]> of(Key key) {
    return Optional.ofNullable(LAST.get(key)).map(SoftReference::get);
  }

  static synchronized byte[][] keep(Key key, byte[][] pictures) {
    LAST.put(key, new SoftReference<>(pictures));
    return pictures;
  }
}
