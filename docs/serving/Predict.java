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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Asks a student that {@code kt export} has written, as a SavedModel or as ONNX, with DJL and
 * nothing of kt4j:
 *
 * <pre>
 * java -cp JARS Predict.java FOLDER PICTURE...       the likeliest classes, one a line
 * java -cp JARS Predict.java --input FOLDER PICTURE  what DJL Serving answers to a request, JSON
 * </pre>
 *
 * The jars are, for ONNX, those of {@code ai.djl.onnxruntime:onnxruntime-engine}, which bring {@code
 * com.microsoft.onnxruntime:onnxruntime}; for a SavedModel, those of {@code
 * ai.djl.tensorflow:tensorflow-engine} and {@code org.tensorflow:tensorflow-core-native} with the
 * classifier of this machine, such as {@code linux-x86_64}. Nothing is downloaded.
 */
public final class Predict {

  private static final String LIBRARY = "TENSORFLOW_LIBRARY_PATH";

  private Predict() {}

  /** Prints what a model says of pictures. */
  public static void main(String[] arguments) throws Exception {
    List<String> words = List.of(arguments);
    boolean request = words.size() == 3 && words.get(0).equals("--input");
    if (words.size() < 2 || words.get(0).startsWith("--") && !request) {
      System.err.println("usage: java -cp JARS Predict.java FOLDER PICTURE...");
      System.err.println("       java -cp JARS Predict.java --input FOLDER PICTURE");
      System.exit(2);
    }
    Path folder = Path.of(words.get(request ? 1 : 0));
    stayOffline(folder);
    List<Path> pictures = words.subList(request ? 2 : 1, words.size()).stream().map(Path::of).toList();
    System.out.print(request ? answered(folder, pictures.get(0)) : listed(folder, pictures));
  }

  /** Or DJL downloads a TensorFlow of its own, and tells its makers that it was started. */
  private static void stayOffline(Path folder) throws ReflectiveOperationException {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    if (Files.exists(folder.resolve("saved_model.pb")) && System.getProperty(LIBRARY) == null) {
      // By name, so that this compiles without TensorFlow.
      Class<?> library = Class.forName("org.tensorflow.internal.c_api.global.tensorflow");
      Object file =
          Class.forName("org.bytedeco.javacpp.Loader")
              .getMethod("load", Class.class)
              .invoke(null, library);
      System.setProperty(LIBRARY, file.toString());
    }
  }

  /** Several pictures are one batch, which have to be of one size for a SavedModel. */
  private static String listed(Path folder, List<Path> pictures)
      throws IOException, ModelNotFoundException, MalformedModelException, TranslateException {
    Criteria<Image, Classifications> criteria =
        Criteria.builder()
            .setTypes(Image.class, Classifications.class)
            .optModelPath(folder)
            .build();
    StringBuilder lines = new StringBuilder();
    try (ZooModel<Image, Classifications> model = criteria.loadModel();
        Predictor<Image, Classifications> predictor = model.newPredictor()) {
      List<Image> images = new ArrayList<>();
      for (Path picture : pictures) {
        images.add(ImageFactory.getInstance().fromFile(picture));
      }
      for (Classifications answer : predictor.batchPredict(images)) {
        List<Classifications.Classification> top = answer.topK();
        for (Classifications.Classification each : top) {
          lines.append(
              String.format(Locale.ROOT, "%s %.6f%n", each.getClassName(), each.getProbability()));
        }
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
