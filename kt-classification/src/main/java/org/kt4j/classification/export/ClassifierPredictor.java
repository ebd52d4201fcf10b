package org.kt4j.classification.export;

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
import org.kt4j.imagelevel.CaptionedPicture;
import org.kt4j.imagelevel.NetworkPredictor;

/** Predicts the classes of pictures with their probabilities. */
public final class ClassifierPredictor {

  private static final int USUAL_TOP = 3;

  private ClassifierPredictor() {}

  /**
   * Predicts with a classifier.
   *
   * @param classifier is closed with the predictor
   * @param options by default the three most probable classes are returned
   */
  public static Predictor of(ExportedClassifier classifier, PredictionOptions options) {
    int top = options.top().orElse(USUAL_TOP);
    double threshold = options.threshold().orElse(0);
    List<String> classes = classifier.classes();
    return new NetworkPredictor(
        classifier::probabilities,
        classifier::close,
        classifier.shape(),
        (picture, probabilities) ->
            new Classes(
                picture,
                IntStream.range(0, classes.size())
                    .mapToObj(k -> new Guess(classes.get(k), probabilities[k]))
                    .filter(guess -> guess.probability() >= threshold)
                    .sorted(Comparator.comparingDouble(Guess::probability).reversed())
                    .limit(top)
                    .toList()));
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

    @Override
    public BufferedImage drawn() {
      return CaptionedPicture.of(picture, guesses.stream().map(Guess::text).toList());
    }
  }
}
