package org.kt4j.engine.experiment;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.data.Normalization;
import org.kt4j.engine.teacher.TeacherEngine;
import org.kt4j.engine.teacher.TeacherInput;

/**
 * Where a teacher comes from: a run folder, another configuration, a file of weights, or a model
 * that somebody else trained.
 *
 * @param network its architecture; only together with {@code weights}, the others know it
 * @param keys the source
 */
public record TeacherConfig(Optional<NetworkConfig> network, Keys keys) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]*");

  /**
   * The keys beside the network.
   *
   * @param name what terms call it; needed where there are several
   * @param weight its share where a term learns from several
   * @param run a run folder of ours
   * @param config a configuration that trains the teacher, once, when it is first needed
   * @param weights an .npz file with PyTorch's parameter names
   * @param model a trained model: ONNX, TorchScript, SavedModel or a frozen TensorFlow graph
   * @param engine what computes the model; decided by the kind of file when left out
   * @param input how the model takes its pictures
   * @param outputs the model's outputs by the names of taps, {@code logits} among them
   * @param normalization of the teacher's input, when it is not the student's
   * @param allowWeak whether a teacher at chance level is accepted
   */
  public record Keys(
      @Description("what terms call it; needed where there are several") @Nullable String name,
      @Description("its share where a term learns from several, above 0") double weight,
      @Description("a run folder") @Nullable Path run,
      @Description("a configuration that trains the teacher once; found beside this one")
          @Nullable Path config,
      @Description("an .npz file with PyTorch's parameter names; needs network")
          @Nullable Path weights,
      @Description("an .onnx, TorchScript .pt or frozen .pb file, or a SavedModel's folder")
          @Nullable Path model,
      @Description("what computes the model; decided by the kind of file when left out")
          @Nullable TeacherEngine engine,
      @Description("how the model takes its pictures") TeacherInput input,
      @Description("outputs, or inner tensors, of the model by tap: {logits: ..., stage3: ...}")
          Map<String, String> outputs,
      @Description("of the teacher's input, when it is not the student's")
          @Nullable Normalization normalization,
      @Description("accept a teacher at chance level") boolean allowWeak) {

    /** Checks the name and the range. */
    public Keys {
      if (name != null && !NAME.matcher(name).matches()) {
        throw new InvalidOptionException(
            "name", name, "lower-case letters, digits, dots and dashes");
      }
      if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new InvalidOptionException("weight", weight, "above 0");
      }
      outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    }

    /** No source. */
    public static Keys defaults() {
      return new Keys(
          null, 1, null, null, null, null, null, TeacherInput.defaults(), Map.of(), null, false);
    }
  }

  /** Checks that there is one source, and nothing that belongs to another. */
  public TeacherConfig {
    long sources =
        Stream.of(
                Optional.ofNullable(keys.run()),
                Optional.ofNullable(keys.config()),
                Optional.ofNullable(keys.weights()),
                Optional.ofNullable(keys.model()))
            .filter(Optional::isPresent)
            .count();
    if (sources != 1) {
      throw new IllegalArgumentException("needs exactly one of run, config, weights and model");
    }
    if ((keys.weights() != null) != network.isPresent()) {
      throw new IllegalArgumentException(
          keys.weights() != null
              ? "weights need the network that they belong to: {network: resnet-56, weights: ...}"
              : "network goes with weights only; a run, a configuration and a model know theirs");
    }
    if (keys.model() == null
        && (keys.engine() != null
            || !keys.outputs().isEmpty()
            || !keys.input().equals(TeacherInput.defaults()))) {
      throw new IllegalArgumentException(
          "engine, input and outputs go with model only; our networks know theirs");
    }
  }

  /** The same teacher, its other configuration found elsewhere. */
  TeacherConfig withConfig(Path config) {
    return new TeacherConfig(
        network,
        new Keys(
            keys.name(),
            keys.weight(),
            keys.run(),
            config,
            keys.weights(),
            keys.model(),
            keys.engine(),
            keys.input(),
            keys.outputs(),
            keys.normalization(),
            keys.allowWeak()));
  }
}
