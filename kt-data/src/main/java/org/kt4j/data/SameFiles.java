package org.kt4j.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.MessageDigestAlgorithms;

/**
 * Files of one list whose content is that of a file of another, such as test pictures that are
 * learned by heart. Only files of a size that both lists have are read.
 *
 * @param count files of the other list
 * @param first of the one list
 * @param second the file of the other list that has the same content
 */
record SameFiles(int count, Path first, Path second) {

  /** Files that cannot be read are no business of this search. */
  static Optional<SameFiles> in(List<Path> files, List<Path> others) {
    Map<Path, Long> sizes = sizes(files);
    Map<Path, Long> otherSizes = sizes(others);
    Map<Path, String> otherHashes = hashes(others, otherSizes, Set.copyOf(sizes.values()));
    Map<String, Path> known = new HashMap<>();
    hashes(files, sizes, Set.copyOf(otherSizes.values()))
        .forEach((file, hash) -> known.merge(hash, file, SameFiles::earlier));
    int count = 0;
    Path first = null;
    Path second = null;
    for (Path other : others) {
      String hash = otherHashes.get(other);
      Path same = hash == null ? null : known.get(hash);
      if (same != null) {
        count++;
        first = first == null ? same : first;
        second = second == null ? other : second;
      }
    }
    return first == null || second == null
        ? Optional.empty()
        : Optional.of(new SameFiles(count, first, second));
  }

  /** How many, with an example, and what to do. */
  String described() {
    return count
        + ", such as "
        + first
        + " and "
        + second
        + "; what is learned by heart makes a result look better; fix: remove one of each two";
  }

  private static Path earlier(Path one, Path other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static Map<Path, Long> sizes(List<Path> files) {
    return files.parallelStream()
        .flatMap(file -> size(file).map(size -> Map.entry(file, size)).stream())
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static Optional<Long> size(Path file) {
    try {
      return Optional.of(Files.size(file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Map<Path, String> hashes(
      List<Path> files, Map<Path, Long> sizes, Set<Long> wanted) {
    return files.parallelStream()
        .filter(file -> wanted.contains(sizes.getOrDefault(file, -1L)))
        .flatMap(file -> hash(file).map(hash -> Map.entry(file, hash)).stream())
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static Optional<String> hash(Path file) {
    try {
      return Optional.of(
          new DigestUtils(MessageDigestAlgorithms.SHA_256).digestAsHex(RegularFile.require(file)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
