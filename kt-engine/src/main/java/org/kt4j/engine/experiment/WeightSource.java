package org.kt4j.engine.experiment;

import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.kt4j.api.Description;

/** Where trained weights come from. */
public sealed interface WeightSource permits RunSource, WeightSource.OfWeights {

  /**
   * The source in words, for people: {@code from runs/teacher}.
   *
   * @param path how a path is written
   */
  String described(UnaryOperator<String> path);

  /**
   * A file.
   *
   * @param weights an .npz file with PyTorch's parameter names
   */
  record OfWeights(@Description("an .npz file with PyTorch's parameter names") Path weights)
      implements WeightSource {

    @Override
    public String described(UnaryOperator<String> path) {
      return "from " + path.apply(weights.toString());
    }
  }
}
