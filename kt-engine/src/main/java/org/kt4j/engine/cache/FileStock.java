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

/** One file of knowledge on its way to being whole. */
final class FileStock implements AutoCloseable {

  private final String label;
  private final Path path;
  private final KnowledgeFile.Description description;
  private final int views;
  private final int blocks;
  private @Nullable KnowledgeFile file;
  private @Nullable FileChannel channel;
  private BitSet missing = new BitSet();
  private int damaged;
  private boolean torn;

  /**
   * A file that has not been looked at.
   *
   * @param folder where it lies
   * @param label of the term
   * @param description of what it must hold
   * @param views that are wanted
   */
  FileStock(Path folder, String label, KnowledgeFile.Description description, int views) {
    this.label = label;
    this.path = folder.resolve(label + KnowledgeFile.nameEnd(description.key()));
    this.description = description;
    this.views = views;
    this.blocks = views * blocksPerView();
  }

  String label() {
    return label;
  }

  Path path() {
    return path;
  }

  Precision precision() {
    return description.precision();
  }

  /** The file, once it is there. */
  KnowledgeFile file() {
    return Objects.requireNonNull(file);
  }

  /** What a block takes. */
  long blockBytes() {
    return KnowledgeFile.slotBytes(description.layout(), description.precision());
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
    torn = false;
    if (there != null) {
      KnowledgeFile.Blocks found = there.blocks(views);
      missing.andNot(found.good());
      damaged = found.damaged().cardinality();
      torn = there.isTorn();
    }
  }

  /**
   * A file whose description is damaged is treated as missing, because its contents are unknown.
   */
  private @Nullable KnowledgeFile opened() throws IOException {
    if (!Files.exists(path)) {
      return null;
    }
    if (!Files.isRegularFile(path)) {
      throw new CacheException(
          path
              + ": is no file, but the knowledge of term '"
              + label
              + "' goes there; fix: remove it, or name another folder with cache.folder");
    }
    try {
      KnowledgeFile there = KnowledgeFile.open(path);
      return holdsTheSame(there.description()) ? there : null;
    } catch (CacheException e) {
      return null;
    }
  }

  /** In everything but the words for people. */
  private boolean holdsTheSame(KnowledgeFile.Description there) {
    return there.key().equals(description.key())
        && there.pictures() == description.pictures()
        && there.precision() == description.precision()
        && there.layout().equals(description.layout());
  }

  /**
   * Makes the file, or cuts what is no whole block from its end, which only the holder of its lock
   * may do.
   */
  void mend() throws IOException {
    KnowledgeFile there = file;
    if (there == null) {
      file = KnowledgeFile.create(path, description);
    } else if (torn) {
      there.cutToBlocks();
      torn = false;
    }
  }

  boolean isWhole() {
    return missing.isEmpty() && !torn;
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
