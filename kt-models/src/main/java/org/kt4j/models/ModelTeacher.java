package org.kt4j.models;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.data.RegularFile;
import org.kt4j.engine.experiment.ModelOutput;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherEngine;
import org.kt4j.engine.teacher.TeacherInput;

/** Opens models of other tools as teachers. */
public final class ModelTeacher {

  private ModelTeacher() {}

  /**
   * Opens a model as a teacher and tries it with blank pictures.
   *
   * <p>A frozen TensorFlow graph and a SavedModel with a plain graph become part of the training
   * graph; a SavedModel made of functions runs beside it through DJL, and its {@link
   * Teacher#source()} says so. ONNX and TorchScript run through DJL.
   *
   * @param place where it stands in the configuration, for messages
   * @param file the model
   * @param engine what computes it; decided by the kind of file when null
   * @param input how it takes its pictures
   * @param outputs the model's outputs by tap, the logits among them; may be empty where the model
   *     has one output
   * @param normalization of its input; not read where the model {@linkplain
   *     Teacher#normalisesItself normalises itself}
   * @param shape of the pictures
   * @param classes of the data
   * @throws ConfigurationException when the file is missing or none of these kinds, it is not said
   *     which output is logits, an output has a rank that no tap has, or the logits are of another
   *     number of classes
   * @throws org.kt4j.engine.model.ModelException when the model cannot be loaded, has no such input
   *     or output, does not take such pictures, or its engine is not there
   */
  public static Teacher open(
      String place,
      Path file,
      @Nullable TeacherEngine engine,
      TeacherInput input,
      Map<String, ModelOutput> outputs,
      Normalization normalization,
      ImageShape shape,
      int classes) {
    if (!Files.exists(file)) {
      throw ConfigurationException.of(place + ".model: " + file + ": there is no such file");
    }
    if (RegularFile.isOther(file) && !Files.isDirectory(file)) {
      throw ConfigurationException.of(
          place + ".model: " + file + ": is no regular file; allowed: a file, or a SavedModel");
    }
    TeacherEngine computes = engine != null ? engine : usual(place, file);
    ModelSource source =
        new ModelSource(
            place,
            file,
            input,
            usualLayout(computes),
            outputs,
            normalization,
            shape,
            classes,
            false);
    Optional<ModelEngine> beside = beside(computes);
    if (beside.isPresent()) {
      return DjlTeacher.open(source, beside.get(), "");
    }
    PlainGraph graph = PlainGraph.read(file);
    List<String> calls = graph.calls(outputs.values().stream().map(ModelOutput::output).toList());
    if (calls.isEmpty()) {
      return GraphTeacher.open(source.fitting(), graph);
    }
    if (engine != null || !graph.isSavedModel()) {
      throw ConfigurationException.of(
          place
              + ".engine: in-graph is not possible: "
              + file
              + " calls functions ("
              + String.join(", ", calls.subList(0, Math.min(3, calls.size())))
              + "); fix: leave engine out for a SavedModel, or freeze the graph");
    }
    return DjlTeacher.open(
        source,
        ModelEngine.TENSORFLOW,
        "; it is made of functions, so it runs beside the training graph");
  }

  /** The engine beside the training graph; empty when it is inside. */
  private static Optional<ModelEngine> beside(TeacherEngine engine) {
    return switch (engine) {
      case IN_GRAPH -> Optional.empty();
      case ONNX -> Optional.of(ModelEngine.ONNX_RUNTIME);
      case PYTORCH -> Optional.of(ModelEngine.PYTORCH);
      case TENSORFLOW -> Optional.of(ModelEngine.TENSORFLOW);
    };
  }

  /** Of the models that an engine computes, unless they say otherwise. */
  private static TeacherInput.Layout usualLayout(TeacherEngine engine) {
    return switch (engine) {
      case ONNX, PYTORCH -> TeacherInput.Layout.NCHW;
      case IN_GRAPH, TENSORFLOW -> TeacherInput.Layout.NHWC;
    };
  }

  private static TeacherEngine usual(String place, Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".pb") && !name.equals(SavedModelFile.FILE)) {
      return TeacherEngine.IN_GRAPH;
    }
    Optional<ModelEngine> engine = ModelEngine.of(file);
    return switch (engine.orElseThrow(() -> unknown(place, file))) {
      case ONNX_RUNTIME -> TeacherEngine.ONNX;
      case PYTORCH -> TeacherEngine.PYTORCH;
      case TENSORFLOW -> TeacherEngine.IN_GRAPH;
    };
  }

  private static ConfigurationException unknown(String place, Path file) {
    return ConfigurationException.of(
        place
            + ".model: "
            + file
            + ": what kind of model is this? Known: .onnx; TorchScript as .pt, .pth or"
            + " .torchscript; a folder with saved_model.pb; a frozen TensorFlow graph as .pb; fix:"
            + " name it so, or say "
            + place
            + ".engine");
  }
}
