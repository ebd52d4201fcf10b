package org.kt4j.engine.export;

import java.util.List;

/** An exported model that is loaded, with one input of pictures. Not safe for several threads. */
public interface ExportRunner extends AutoCloseable {

  /**
   * An output.
   *
   * @param sizes its axes
   * @param values row-major; whole numbers as the same numbers
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
  record Output(long[] sizes, float[] values) {}

  /**
   * Runs the model.
   *
   * @param pixels uint8, row-major; a model that takes numbers is given them divided by 255
   * @param sizes the axes of the input
   * @param outputs names of those that are wanted
   * @return the same number in that order
   */
  List<Output> run(byte[] pixels, long[] sizes, List<String> outputs);

  @Override
  void close();
}
