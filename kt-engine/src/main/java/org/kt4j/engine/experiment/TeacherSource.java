package org.kt4j.engine.experiment;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.engine.teacher.TeacherEngine;
import org.kt4j.engine.teacher.TeacherInput;

/** Where a teacher comes from: a run of ours, a file of weights, or a model of another tool. */
public sealed interface TeacherSource
    permits RunSource, TeacherSource.OfWeights, TeacherSource.OfModel {

  /**
   * The source in words, for people: {@code resnet-56 from teacher.npz}.
   *
   * @param path how a path is written
   */
  String described(UnaryOperator<String> path);

  /**
   * A network of ours, with weights from elsewhere.
   *
   * @param network that the weights belong to
   * @param weights see {@link WeightSource.OfWeights}
   * @param part see there
   * @param rename see there
   */
  record OfWeights(
      @Inline NetworkConfig network,
      Path weights,
      @Nullable String part,
      @Nullable Map<String, String> rename)
      implements TeacherSource {

    static OfWeights of(NetworkConfig network, WeightSource.OfWeights file) {
      return new OfWeights(network, file.weights(), file.part(), file.rename());
    }

    /** The file, and what is taken of it. */
    public WeightSource.OfWeights file() {
      return new WeightSource.OfWeights(weights, part, rename);
    }

    /** Keeps the order of the names. */
    public OfWeights {
      rename = WeightSource.OfWeights.asKey(rename);
    }

    @Override
    public String described(UnaryOperator<String> path) {
      return network.network() + " from " + path.apply(weights.toString());
    }
  }

  /**
   * A trained model of another tool: ONNX, TorchScript, SavedModel or a frozen TensorFlow graph.
   *
   * @param model its file or folder
   * @param engine what computes it; decided by the kind of file when left out
   * @param input how it takes its pictures
   * @param outputs its outputs by the names of taps, {@code logits} among them
   */
  record OfModel(
      @Description("an .onnx, TorchScript .pt or frozen .pb file, or a SavedModel's folder")
          Path model,
      @Description("what computes the model; decided by the kind of file when left out")
          @Nullable TeacherEngine engine,
      @Description("how the model takes its pictures") TeacherInput input,
      @Description("outputs or inner tensors by tap: {logits: ..., stage3: {output, tokens, skip}}")
          Map<String, ModelOutput> outputs)
      implements TeacherSource {

    /** The outputs of a model that has one, its logits. */
    public static Map<String, ModelOutput> defaultOutputs() {
      return Map.of();
    }

    /** Keeps the order of the outputs. */
    public OfModel {
      outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    }

    @Override
    public String described(UnaryOperator<String> path) {
      return "from " + path.apply(model.toString());
    }
  }
}
