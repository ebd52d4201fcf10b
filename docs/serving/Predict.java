import ai.djl.MalformedModelException;
import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.Loader;

/**
 * Asks a student that {@code kt export} has written, with DJL and nothing of kt4j:
 *
 * <pre>
 * java -cp JARS Predict.java FOLDER PICTURE          the likeliest classes, one a line
 * java -cp JARS Predict.java --input FOLDER PICTURE  what DJL Serving answers to a request, JSON
 * </pre>
 *
 * The jars are those of {@code ai.djl.tensorflow:tensorflow-engine} and {@code
 * org.tensorflow:tensorflow-core-native} with the classifier of this machine, such as {@code
 * linux-x86_64}. Nothing is downloaded.
 */
public final class Predict {

  private static final String LIBRARY = "TENSORFLOW_LIBRARY_PATH";

  private Predict() {}

  /** Prints what a model says of a picture. */
  public static void main(String[] arguments) throws Exception {
    List<String> words = List.of(arguments);
    boolean request = words.size() == 3 && words.get(0).equals("--input");
    if (words.size() != 2 && !request) {
      System.err.println("usage: java -cp JARS Predict.java [--input] FOLDER PICTURE");
      System.exit(2);
    }
    stayOffline();
    Path folder = Path.of(words.get(words.size() - 2));
    Path picture = Path.of(words.get(words.size() - 1));
    System.out.print(request ? answered(folder, picture) : listed(folder, picture));
  }

  /** Or DJL downloads a TensorFlow of its own, and tells its makers that it was started. */
  private static void stayOffline() {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    if (System.getProperty(LIBRARY) == null) {
      System.setProperty(
          LIBRARY, Loader.load(org.tensorflow.internal.c_api.global.tensorflow.class));
    }
  }

  private static String listed(Path folder, Path picture)
      throws IOException, ModelNotFoundException, MalformedModelException, TranslateException {
    Criteria<Image, Classifications> criteria =
        Criteria.builder()
            .setTypes(Image.class, Classifications.class)
            .optModelPath(folder)
            .build();
    StringBuilder lines = new StringBuilder();
    try (ZooModel<Image, Classifications> model = criteria.loadModel();
        Predictor<Image, Classifications> predictor = model.newPredictor()) {
      Image image = ImageFactory.getInstance().fromFile(picture);
      List<Classifications.Classification> top = predictor.predict(image).topK();
      for (Classifications.Classification each : top) {
        lines.append(
            String.format(Locale.ROOT, "%s %.6f%n", each.getClassName(), each.getProbability()));
      }
    }
    return lines.toString();
  }

  /** DJL Serving makes such an input of a request's body. */
  private static String answered(Path folder, Path picture)
      throws IOException, ModelNotFoundException, MalformedModelException, TranslateException {
    Criteria<Input, Output> criteria =
        Criteria.builder().setTypes(Input.class, Output.class).optModelPath(folder).build();
    try (ZooModel<Input, Output> model = criteria.loadModel();
        Predictor<Input, Output> predictor = model.newPredictor()) {
      Input input = new Input();
      input.add("data", Files.readAllBytes(picture));
      return predictor.predict(input).getData().getAsString() + System.lineSeparator();
    }
  }
}
