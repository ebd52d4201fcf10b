package org.kt4j.engine.cache;

import java.util.BitSet;
import java.util.List;

/** What computes the rows of files, block by block. */
interface RowSource extends AutoCloseable {

  /**
   * A block that is computed.
   *
   * @param at its number
   * @param pictures that it has
   * @param firstIndex of its first picture in the data set
   * @param lastIndex of its last
   */
  record Block(int at, int pictures, int firstIndex, int lastIndex) {}

  /** The files, which all have as many blocks. */
  List<FileStock> parts();

  /** Loads what computes, unless it is; called before a block is computed. */
  void begin();

  /** Goes on to a block after those before; called for every block that any worker computes. */
  Block next(int at);

  /**
   * Computes the rows of the block that {@link #next} gave.
   *
   * @param parts that any worker writes
   * @param wanted the blocks that are wanted of each
   * @return the rows of each part, none where they are not wanted
   */
  List<byte[]> rows(Block block, List<FileStock> parts, List<BitSet> wanted);

  /** The error that some row of a block holds a number that is not finite. */
  CacheException notFinite(FileStock part, Block block);

  @Override
  void close();
}
