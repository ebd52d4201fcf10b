package org.kt4j.engine.experiment;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.engine.data.Normalization;

/**
 * Where the teacher comes from: a run folder, another configuration, or a file of weights.
 *
 * @param network its architecture; only together with {@code weights}, the other two know it
 * @param keys the source
 */
public record TeacherConfig(Optional<NetworkConfig> network, Keys keys) {

  /**
   * The keys beside the network.
   *
   * @param run a run folder of ours
   * @param config a configuration that trains the teacher, once, when it is first needed
   * @param weights an .npz file with PyTorch's parameter names
   * @param normalization of the teacher's input, when it is not the student's
   * @param allowWeak whether a teacher at chance level is accepted
   */
  public record Keys(
      @Description("a run folder") @Nullable Path run,
      @Description("a configuration that trains the teacher once; found beside this one")
          @Nullable Path config,
      @Description("an .npz file with PyTorch's parameter names; needs network")
          @Nullable Path weights,
      @Description("of the teacher's input, when it is not the student's")
          @Nullable Normalization normalization,
      @Description("accept a teacher at chance level") boolean allowWeak) {

    /** No source. */
    public static Keys defaults() {
      return new Keys(null, null, null, null, false);
    }
  }

  /** Checks that there is one source, and a network where one is needed. */
  public TeacherConfig {
    long sources =
        Stream.of(
                Optional.ofNullable(keys.run()),
                Optional.ofNullable(keys.config()),
                Optional.ofNullable(keys.weights()))
            .filter(Optional::isPresent)
            .count();
    if (sources != 1) {
      throw new IllegalArgumentException("needs exactly one of run, config and weights");
    }
    if ((keys.weights() != null) != network.isPresent()) {
      throw new IllegalArgumentException(
          keys.weights() != null
              ? "weights need the network that they belong to: {network: resnet-56, weights: ...}"
              : "network goes with weights only; a run and a configuration know theirs");
    }
  }
}
