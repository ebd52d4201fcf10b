package org.kt4j.engine.cache;

import java.nio.file.Path;

/** Told how a cache is filled; every method may be left out. */
public interface FillListener {

  /** Hears nothing. */
  FillListener SILENT = new FillListener() {};

  /**
   * What a file holds before it is filled.
   *
   * @param file of one term and teacher
   * @param views that are wanted
   * @param missing blocks that are computed now, the damaged ones among them
   * @param damaged blocks that do not fit their checksum
   * @param blocks of all wanted views
   * @param bytes that all wanted views take
   */
  record Stock(KnowledgeFile file, int views, int missing, int damaged, int blocks, long bytes) {}

  /** A file was looked at. */
  default void found(Stock stock) {}

  /** Another process fills the same file; this one waits for it. */
  default void waits(Path file) {}

  /**
   * Pictures were computed.
   *
   * @param done pictures so far, each view counted
   * @param total of them
   * @param seconds since the fill began
   */
  default void filling(long done, long total, double seconds) {}
}
