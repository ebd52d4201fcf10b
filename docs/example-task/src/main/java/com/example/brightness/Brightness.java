package com.example.brightness;

import java.util.List;
import java.util.Map;
import org.kt4j.api.Taps;
import org.kt4j.data.Batch;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.objective.StudentGraph;
import org.kt4j.imagelevel.LogitFunction;
import org.kt4j.imagelevel.Supervision;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * The brightness of pictures, 0 to 1: what a student learns, and how far off its answers are.
 *
 * @param pictures whose brightness is asked for
 */
record Brightness(ImageDataset pictures) implements Supervision {

  /** The mean of all bytes of a picture, over 255. */
  double of(int index) {
    byte[] pixels = new byte[pictures.shape().bytes()];
    pictures.copyImage(index, pixels, 0);
    double sum = 0;
    for (byte pixel : pixels) {
      sum += pixel & 0xFF;
    }
    return sum / pixels.length / 255;
  }

  @Override
  public Labels labels(Ops tf, Operand<TFloat32> logits) {
    Placeholder<TFloat32> wanted =
        tf.withName("brightness").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1)));
    Operand<TFloat32> given = tf.reshape(logits, tf.array(-1)); // [B, 1] -> [B]
    Operand<TFloat32> error =
        tf.math.mean(tf.math.squaredDifference(given, wanted), tf.array(0)); // a scalar
    return new Labels(
        null,
        Map.of(SquaredErrorProvider.NAME, error),
        new StudentGraph.Score(Taps.LOGITS, tf.math.sqrt(error)));
  }

  @Override
  public List<Tensor> feed(Session.Runner runner, Batch batch) {
    float[] wanted = new float[batch.size()];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = (float) of(batch.indices()[i]);
    }
    TFloat32 tensor = TFloat32.tensorOf(Shape.of(wanted.length), DataBuffers.of(wanted));
    runner.feed("brightness", tensor);
    return List.of(tensor);
  }

  /** The root of the mean squared error of a network. */
  double rmse(LogitFunction network) {
    double[] sum = {0};
    network.forEach(
        pictures,
        (picture, outputs) -> {
          double error = outputs[0] - of(picture);
          sum[0] += error * error;
        });
    return Math.sqrt(sum[0] / pictures.size());
  }
}
