package org.kt4j.imagelevel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Picture;
import org.kt4j.engine.task.Prediction;
import org.kt4j.engine.task.Predictor;

/** Answers pictures with the outputs of a network. */
public final class NetworkPredictor implements Predictor {

  private static final int BATCH = 64;

  private final LogitFunction network;
  private final Runnable closing;
  private final ImageShape shape;
  private final BiFunction<Picture, float[], Prediction> answer;

  /**
   * Answers with a network.
   *
   * @param network from pictures of its size to rows of outputs
   * @param closing called when this is closed
   * @param shape that the network sees
   * @param answer makes a prediction of a picture and its row of outputs
   */
  public NetworkPredictor(
      LogitFunction network,
      Runnable closing,
      ImageShape shape,
      BiFunction<Picture, float[], Prediction> answer) {
    this.network = network;
    this.closing = closing;
    this.shape = shape;
    this.answer = answer;
  }

  @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
  private record Resized(Picture picture, byte[] pixels) implements Prepared {}

  @Override
  public int batchSize() {
    return BATCH;
  }

  @Override
  public Prepared prepare(Picture picture) {
    return new Resized(picture, picture.resized(shape));
  }

  @Override
  public List<Prediction> predict(List<Prepared> pictures) {
    if (pictures.isEmpty()) {
      return List.of();
    }
    int bytes = shape.bytes();
    byte[] pixels = new byte[pictures.size() * bytes];
    for (int i = 0; i < pictures.size(); i++) {
      System.arraycopy(((Resized) pictures.get(i)).pixels(), 0, pixels, i * bytes, bytes);
    }
    float[] outputs = network.logits(pixels, pictures.size());
    int columns = outputs.length / pictures.size();
    List<Prediction> predictions = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      predictions.add(
          answer.apply(
              ((Resized) pictures.get(i)).picture(),
              Arrays.copyOfRange(outputs, i * columns, (i + 1) * columns)));
    }
    return predictions;
  }

  @Override
  public void close() {
    closing.run();
  }
}
