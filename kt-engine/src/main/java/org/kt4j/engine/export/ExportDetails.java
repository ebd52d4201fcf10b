package org.kt4j.engine.export;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;

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

    /** All of a data set. */
    public static CalibrationPictures of(ImageDataset pictures) {
      ImageShape shape = pictures.shape();
      long[] sizes = {1, shape.height(), shape.width(), shape.channels()};
      return new CalibrationPictures(
          pictures.size(),
          "",
          index -> {
            byte[] pixels = new byte[shape.bytes()];
            pictures.copyImage(index, pixels, 0);
            return new Input(pixels, sizes);
          });
    }

    /**
     * Some of them, in their order.
     *
     * @param wanted how many, at most {@link #count}
     * @param seed of the choice
     */
    public CalibrationPictures chosen(int wanted, long seed) {
      List<Integer> order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
      Collections.shuffle(order, new Random(seed));
      List<Integer> chosen = order.subList(0, wanted).stream().sorted().toList();
      return new CalibrationPictures(wanted, reason, index -> picture.apply(chosen.get(index)));
    }

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
