package org.kt4j.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.data.ReadFault;
import org.kt4j.engine.experiment.ModelOutput;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.engine.teacher.Fingerprint;
import org.kt4j.engine.teacher.TeacherInput;
import org.kt4j.engine.teacher.WeightsException;
import org.tensorflow.ndarray.Shape;

/**
 * A model's file and how it is used, as far as that does not depend on the engine.
 *
 * @param place where it stands in the configuration, for messages
 * @param file the file, or a SavedModel's folder
 * @param input how it takes its pictures; the layout is known once it is {@linkplain #fitting
 *     fitted}
 * @param usual the layout of such models
 * @param outputs the model's outputs by tap
 * @param normalization of its input
 * @param shape of the pictures
 * @param classes of the data
 * @param takesPixels whether it takes pixels as they are and normalises them itself
 */
record ModelSource(
    String place,
    Path file,
    TeacherInput input,
    TeacherInput.Layout usual,
    Map<String, ModelOutput> outputs,
    Normalization normalization,
    ImageShape shape,
    int classes,
    boolean takesPixels) {

  /** Pictures that a model is tried with; more than one, to tell the batch from other axes. */
  static final int TRIED = 2;

  /** The axes of an export of ours that has no batch. */
  private static final int SINGLE_PICTURE = 3;

  /** How it takes its pictures. */
  PreparedPictures pictures() {
    return new PreparedPictures(input);
  }

  /** The same with outputs. */
  ModelSource with(Map<String, ModelOutput> others) {
    return new ModelSource(
        place, file, input, usual, others, normalization, shape, classes, takesPixels);
  }

  /** The same with a layout, the usual one unless the configuration names another. */
  ModelSource fitting() {
    return fitting(usual, input.scaling(), normalization, takesPixels);
  }

  /**
   * The same with what a file says of its input: the layout, unless the configuration has one, and
   * whether the normalization is in the graph. It is where the input is bytes, and in exports of
   * ours, which may take numbers from 0 to 1 as well.
   */
  ModelSource fitting(DjlModel opened) {
    Optional<ModelInput> described = opened.input();
    boolean ours = opened.onnx().map(OnnxContent::isOurs).orElse(false);
    boolean bytes = described.map(ModelInput::takesBytes).orElse(false);
    if (ours && described.map(port -> port.axes() == SINGLE_PICTURE).orElse(false)) {
      throw new ModelException(
          file,
          "takes one picture at a time, for DJL's own translator; fix: "
              + place
              + ".model: "
              + file.resolveSibling("model.onnx"));
    }
    TeacherInput.Layout layout =
        ours
            ? TeacherInput.Layout.NHWC
            : described.flatMap(port -> port.layout(shape.channels())).orElse(usual);
    return bytes || ours
        ? fitting(
            layout,
            bytes ? TeacherInput.Scaling.BYTES : TeacherInput.Scaling.UNIT,
            Normalization.none(shape.channels()),
            true)
        : fitting(layout, input.scaling(), normalization, false);
  }

  private ModelSource fitting(
      TeacherInput.Layout layout,
      TeacherInput.Scaling scaling,
      Normalization used,
      boolean pixels) {
    TeacherInput fitted =
        new TeacherInput(
            input.name(),
            input.layout() != null ? input.layout() : layout,
            input.channels(),
            scaling,
            input.size());
    return new ModelSource(place, file, fitted, usual, outputs, used, shape, classes, pixels);
  }

  /**
   * Names the outputs where the configuration does not: logits are the output of that name, or the
   * only one.
   *
   * @param known what the model lists
   * @throws ConfigurationException when there is a choice, or logits are not among what was chosen
   */
  ModelSource withLogits(List<String> known) {
    if (outputs.isEmpty() && known.size() == 1) {
      return with(Map.of(Taps.LOGITS, new ModelOutput(known.get(0))));
    }
    if (!outputs.containsKey(Taps.LOGITS) && known.contains(Taps.LOGITS)) {
      Map<String, ModelOutput> all = new LinkedHashMap<>(outputs);
      all.put(Taps.LOGITS, new ModelOutput(Taps.LOGITS));
      return with(all);
    }
    if (!outputs.containsKey(Taps.LOGITS)) {
      throw ConfigurationException.of(
          place
              + ".outputs: which output of "
              + file
              + " is logits? It has: "
              + String.join(", ", known)
              + "; fix: "
              + place
              + ".outputs: {logits: "
              + known.get(0)
              + "}");
    }
    return this;
  }

  /** The output that a tap is. */
  ModelOutput output(String tap) {
    ModelOutput output = outputs.get(tap);
    if (output == null) {
      throw new IllegalArgumentException("no tap '" + tap + "'; known: " + outputs.keySet());
    }
    return output;
  }

  /** The names of the outputs, in the order of the taps. */
  List<String> outputNames() {
    return outputs.values().stream().map(ModelOutput::output).toList();
  }

  /**
   * The taps that a try gave.
   *
   * @param given the shape of each output in NHWC layout, {@value #TRIED} pictures first
   * @throws ConfigurationException with everything that is no tap, and logits of other classes
   */
  TapShapes taps(Map<String, Shape> given) {
    List<String> problems = new ArrayList<>();
    Map<String, Shape> shapes = new LinkedHashMap<>();
    given.forEach(
        (tap, raw) -> {
          ModelOutput output = output(tap);
          String where =
              place + ".outputs." + tap + ": '" + output.output() + "' of " + file + " gives ";
          Optional<String> unfit = TokenTap.problem(output, raw);
          if (unfit.isPresent()) {
            problems.add(where + raw + " for " + TRIED + " pictures: " + unfit.get());
            return;
          }
          Shape shape = TokenTap.shape(output, raw);
          int rank = shape.numDimensions();
          if ((rank != 2 && rank != 4) || shape.get(0) != TRIED) {
            problems.add(
                where
                    + shape
                    + " for "
                    + TRIED
                    + " pictures; allowed: a feature map of four axes or a vector of two, the batch"
                    + " first"
                    + TokenTap.advice(raw, output).map(advice -> "; " + advice).orElse(""));
          } else if (tap.equals(Taps.LOGITS) && (rank != 2 || shape.get(1) != classes)) {
            problems.add(
                where
                    + shape
                    + " for "
                    + TRIED
                    + " pictures, and the data has "
                    + classes
                    + " classes; allowed: ["
                    + TRIED
                    + ", "
                    + classes
                    + "]"
                    + (classes == 2 && rank == 2 && shape.get(1) == 1
                        ? "; one number is a score of one of the two classes; fix: export two, 0 and"
                            + " that score before its sigmoid"
                        : ""));
          }
          long[] axes = shape.asArray();
          if (axes.length > 0) {
            axes[0] = -1;
          }
          shapes.put(tap, Shape.of(axes));
        });
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return TapShapes.of(shapes);
  }

  /** The outputs as they were before there were tokens, so that caches stay what they are. */
  private Map<String, String> described() {
    Map<String, String> described = new LinkedHashMap<>();
    outputs.forEach(
        (tap, output) -> described.put(tap, output.plain() ? output.output() : output.toString()));
    return described;
  }

  /**
   * Of the file, of how it is used, and of what else it is made of: every file of a SavedModel's
   * folder, whichever of both was named.
   *
   * @param engine that computes it
   * @param beside files outside that hold weights
   */
  String fingerprint(Enum<?> engine, List<Path> beside) {
    Fingerprint fingerprint =
        new Fingerprint().add(engine).add(input).add(new java.util.TreeMap<>(described()));
    fingerprint.add(normalization);
    Path whole =
        file.endsWith(SavedModelFile.FILE) ? file.toAbsolutePath().resolveSibling("") : file;
    try (Stream<Path> files = Files.walk(whole)) {
      for (Path each : files.filter(Files::isRegularFile).sorted().toList()) {
        fingerprint.add(whole.relativize(each)).addContent(each);
      }
      for (Path each : beside) {
        fingerprint.addContent(each);
      }
      return fingerprint.hex();
    } catch (IOException e) {
      throw new WeightsException(
          file.toString(), "cannot be read (" + ReadFault.reason(e) + ")", e);
    }
  }

  /** Advice on what to check when the model is no better than chance. */
  String advice(String at) {
    boolean unit = input.scaling() == TeacherInput.Scaling.UNIT;
    return String.format(
        Locale.ROOT,
        "It was given pictures as %s, channels %s, %s, and '%s' was taken for its logits. Are these"
            + " those of its training? See %s.input (layout, channels%s, size)%s and %s.outputs. Or"
            + " is the order of its classes another?",
        pictures().isNchw() ? "nchw" : "nhwc",
        input.channels() == TeacherInput.Channels.RGB ? "rgb" : "bgr",
        takesPixels
            ? "pixels as they are (0 to " + (unit ? "1" : "255") + ")"
            : "scaling "
                + (unit ? "unit (0 to 1)" : "bytes (0 to 255)")
                + ", mean "
                + normalization.mean()
                + " and std "
                + normalization.std(),
        output(Taps.LOGITS).output(),
        at,
        takesPixels ? "" : ", scaling",
        takesPixels ? "" : ", " + at + ".normalization",
        at);
  }
}
