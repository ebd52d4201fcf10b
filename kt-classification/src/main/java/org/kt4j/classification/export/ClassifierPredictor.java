package org.kt4j.classification.export;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.kt4j.data.Picture;
import org.kt4j.engine.task.Prediction;
import org.kt4j.engine.task.PredictionOptions;
import org.kt4j.engine.task.Predictor;

/** Predicts the classes of pictures with their probabilities. */
public final class ClassifierPredictor implements Predictor {

  private static final int USUAL_TOP = 3;
  private static final int BATCH = 64;
  private static final int LINE = 18;
  private static final int NARROWEST = 240;

  private final ExportedClassifier classifier;
  private final int top;
  private final double threshold;

  /**
   * Answers with a classifier, which is closed with this.
   *
   * @param options by default the three most probable classes are returned
   */
  public ClassifierPredictor(ExportedClassifier classifier, PredictionOptions options) {
    this.classifier = classifier;
    this.top = options.top().orElse(USUAL_TOP);
    this.threshold = options.threshold().orElse(0);
  }

  @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
  private record Resized(Picture picture, byte[] pixels) implements Prepared {}

  @Override
  public int batchSize() {
    return BATCH;
  }

  @Override
  public Prepared prepare(Picture picture) {
    return new Resized(picture, picture.resized(classifier.shape()));
  }

  @Override
  public List<Prediction> predict(List<Prepared> pictures) {
    if (pictures.isEmpty()) {
      return List.of();
    }
    int bytes = classifier.shape().bytes();
    byte[] pixels = new byte[pictures.size() * bytes];
    for (int i = 0; i < pictures.size(); i++) {
      System.arraycopy(((Resized) pictures.get(i)).pixels(), 0, pixels, i * bytes, bytes);
    }
    float[] probabilities = classifier.probabilities(pixels, pictures.size());
    List<String> classes = classifier.classes();
    List<Prediction> predictions = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      int row = i * classes.size();
      predictions.add(
          new Classes(
              ((Resized) pictures.get(i)).picture(),
              IntStream.range(0, classes.size())
                  .mapToObj(k -> new Guess(classes.get(k), probabilities[row + k]))
                  .filter(guess -> guess.probability() >= threshold)
                  .sorted(Comparator.comparingDouble(Guess::probability).reversed())
                  .limit(top)
                  .toList()));
    }
    return predictions;
  }

  /** A class and its probability. */
  private record Guess(String name, double probability) {

    String text() {
      return String.format(Locale.ROOT, "%s %.2f %%", name, 100 * probability);
    }
  }

  /** The classes of a picture, the surest first. */
  private record Classes(Picture picture, List<Guess> guesses) implements Prediction {

    @Override
    public List<String> lines() {
      return guesses.isEmpty()
          ? List.of()
          : List.of(guesses.stream().map(Guess::text).collect(Collectors.joining(", ")));
    }

    @Override
    public Map<String, Object> values() {
      List<Map<String, Object>> classes = new ArrayList<>();
      for (Guess guess : guesses) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("class", guess.name());
        one.put("probability", guess.probability());
        classes.add(one);
      }
      return Map.of("classes", classes);
    }

    /** The picture with a line for each class below it. */
    @Override
    public BufferedImage drawn() {
      BufferedImage original = picture.image();
      int width = Math.max(NARROWEST, original.getWidth());
      BufferedImage drawn =
          new BufferedImage(
              width,
              original.getHeight() + LINE * guesses.size() + LINE / 3,
              BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = drawn.createGraphics();
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, drawn.getWidth(), drawn.getHeight());
      graphics.drawImage(original, 0, 0, null);
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, LINE * 2 / 3));
      graphics.setColor(Color.BLACK);
      int baseline = original.getHeight() + LINE * 3 / 4;
      for (Guess guess : guesses) {
        graphics.drawString(guess.text(), 4, baseline);
        baseline += LINE;
      }
      graphics.dispose();
      return drawn;
    }
  }

  @Override
  public void close() {
    classifier.close();
  }
}
