package org.kt4j.engine.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.file.FileSteps;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** One file of knowledge on its way to being whole, and what computes its rows. */
final class FileStock implements AutoCloseable {

  /** Hexadecimal digits of the key in a file's name. */
  private static final int KEY_DIGITS = 16;

  private final String label;
  private final Path path;
  private final KnowledgeFile.Description description;
  private final Operand<TFloat32> rows;
  private final int views;
  private final int blocks;
  private @Nullable KnowledgeFile file;
  private @Nullable FileChannel channel;
  private BitSet missing = new BitSet();
  private int damaged;

  /**
   * A file that has not been looked at.
   *
   * @param folder where it lies
   * @param label of the term
   * @param description of what it must hold
   * @param rows what it holds, {@code [B, valuesPerPicture]}
   * @param views that are wanted
   */
  FileStock(
      Path folder,
      String label,
      KnowledgeFile.Description description,
      Operand<TFloat32> rows,
      int views) {
    this.label = label;
    this.path =
        folder.resolve(
            label + "-" + description.key().substring(0, KEY_DIGITS) + KnowledgeCache.SUFFIX);
    this.description = description;
    this.rows = rows;
    this.views = views;
    this.blocks = views * blocksPerView();
  }

  String label() {
    return label;
  }

  Path path() {
    return path;
  }

  Operand<TFloat32> rows() {
    return rows;
  }

  /** The file, once it is there. */
  KnowledgeFile file() {
    return Objects.requireNonNull(file);
  }

  int blocksPerView() {
    return KnowledgeFile.blocksPerView(description.pictures());
  }

  /** Pictures in a block; the last of a view has fewer. */
  int pictures(int at) {
    return KnowledgeFile.pictures(description.pictures(), at % blocksPerView());
  }

  /** Finds out what is missing: every block where there is no file. */
  void look() throws IOException {
    KnowledgeFile there = opened();
    file = there;
    missing = new BitSet();
    missing.set(0, blocks);
    damaged = 0;
    if (there != null) {
      KnowledgeFile.Blocks found = there.blocks(views);
      missing.andNot(found.good());
      damaged = found.damaged().cardinality();
    }
  }

  /**
   * A file whose description is damaged is treated as missing, because its contents are unknown.
   */
  private @Nullable KnowledgeFile opened() throws IOException {
    if (!Files.exists(path)) {
      return null;
    }
    try {
      KnowledgeFile there = KnowledgeFile.open(path);
      return there.description().key().equals(description.key()) ? there : null;
    } catch (CacheException e) {
      return null;
    }
  }

  /** Makes the file, which only the holder of its lock may do. */
  void createIfAbsent() throws IOException {
    if (file == null) {
      file = KnowledgeFile.create(path, description);
    }
  }

  boolean isWhole() {
    return missing.isEmpty();
  }

  /** The blocks that are missing. */
  BitSet missing() {
    return (BitSet) missing.clone();
  }

  boolean lacks(int at) {
    return missing.get(at);
  }

  long missingBytes() {
    return file().bytesOf(missing.cardinality());
  }

  FillListener.Stock stock() {
    return new FillListener.Stock(
        file(), views, missing.cardinality(), damaged, blocks, file().bytesOf(blocks));
  }

  void openForWriting() throws IOException {
    channel = FileChannel.open(path, StandardOpenOption.WRITE);
  }

  /** Writes a missing block. */
  void write(int at, byte[] block) throws IOException {
    file().write(Objects.requireNonNull(channel), at, block);
    missing.clear(at);
  }

  /** Flushes what was written. */
  @Override
  public void close() throws IOException {
    FileChannel open = channel;
    if (open != null) {
      channel = null;
      try (open) {
        FileSteps.flush(path, open);
      }
    }
  }
}
