package org.kt4j.engine.experiment;

import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;

/**
 * The weights that a student begins with, instead of random ones: those that the source has under
 * the same name and in the same shape. So a detector begins with a backbone that was trained on
 * classification, and a classifier with one that knows other classes.
 *
 * @param run a run folder of ours
 * @param config a configuration whose student is trained first, once
 * @param weights an .npz file with PyTorch's parameter names
 */
public record StartConfig(
    @Description("a run folder") @Nullable Path run,
    @Description("a configuration that is trained first, once; found beside this one")
        @Nullable Path config,
    @Description("an .npz file with PyTorch's parameter names") @Nullable Path weights) {

  /** Checks that there is one source. */
  public StartConfig {
    long sources =
        Stream.of(
                Optional.ofNullable(run), Optional.ofNullable(config), Optional.ofNullable(weights))
            .filter(Optional::isPresent)
            .count();
    if (sources != 1) {
      throw new IllegalArgumentException("needs exactly one of run, config and weights");
    }
  }

  /** The same, its other configuration found elsewhere. */
  StartConfig withConfig(Path other) {
    return new StartConfig(null, other, null);
  }
}
