package org.kt4j.engine.cache;

import java.nio.file.Path;

/** Receives the progress of filling a cache. Every method has an empty default. */
public interface FillListener {

  /** A listener that ignores all events. */
  FillListener SILENT = new FillListener() {};

  /**
   * The contents of a file before it is filled.
   *
   * @param file of one term and teacher
   * @param views that are wanted
   * @param missing blocks that are computed now, the damaged ones among them
   * @param damaged blocks that do not fit their checksum
   * @param blocks of all wanted views
   * @param bytes that all wanted views take
   */
  record Stock(KnowledgeFile file, int views, int missing, int damaged, int blocks, long bytes) {}

  /** Called when the contents of a file were determined. */
  default void found(Stock stock) {}

  /** Called when another process fills the same file and this one waits for it. */
  default void waits(Path file) {}

  /**
   * Called when pictures were computed.
   *
   * @param done pictures so far, each view counted
   * @param total of them
   * @param seconds since the fill began
   */
  default void filling(long done, long total, double seconds) {}
}
