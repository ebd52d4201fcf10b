package org.kt4j.engine.task;

import java.util.Locale;
import java.util.function.IntConsumer;
import org.kt4j.engine.text.NumberFormats;

/** One of several models that answer the same pictures. */
public interface AnsweringModel extends AutoCloseable {

  /**
   * How fast a model is on this machine.
   *
   * @param milliseconds for one picture, the median
   * @param picturesPerSecond in batches
   * @param batch pictures in one of them
   */
  record Speed(double milliseconds, double picturesPerSecond, int batch) {

    /** In words. */
    public String text() {
      return String.format(
          Locale.ROOT,
          "%.2f ms for one picture, %s images/s%s",
          milliseconds,
          NumberFormats.speed(picturesPerSecond),
          batch == 1 ? "" : " in batches of " + batch);
    }
  }

  /** The model in words. */
  String source();

  /**
   * Answers all pictures.
   *
   * @param done receives the number of pictures that are done
   * @throws org.kt4j.engine.run.TrainingException when its answers are no numbers
   */
  Answers answers(IntConsumer done);

  /** Measures it for some seconds. */
  Speed speed();

  @Override
  void close();
}
