package org.kt4j.engine.export;

import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What an export knows beside the graph.
 *
 * @param properties that a file may hold: classes, run, versions, configuration
 * @param calibration pictures that ranges are taken from; none where the data is not there
 */
public record ExportDetails(Map<String, String> properties, CalibrationPictures calibration) {

  /** Keeps a copy. */
  public ExportDetails {
    properties = Map.copyOf(properties);
  }

  /** Without pictures. */
  public static ExportDetails of(Map<String, String> properties) {
    return new ExportDetails(properties, CalibrationPictures.none("no data was given"));
  }

  /**
   * Pictures of the training data, as the model takes them.
   *
   * @param count how many there are
   * @param reason why there are none, for the message; empty where there are
   * @param picture one of them, the first is 0
   */
  public record CalibrationPictures(int count, String reason, IntFunction<Input> picture) {

    /** None, with the reason. */
    public static CalibrationPictures none(@Nullable String reason) {
      return new CalibrationPictures(
          0,
          String.valueOf(reason),
          index -> {
            throw new IndexOutOfBoundsException(index);
          });
    }
  }

  /**
   * What is fed.
   *
   * @param pixels uint8, row-major
   * @param sizes its axes
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  public record Input(byte[] pixels, long[] sizes) {}
}
