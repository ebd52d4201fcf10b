package org.kt4j.engine.experiment;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
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
   * @param weights with PyTorch's parameter names: .npz, .safetensors, or what torch.save writes
   * @param part of it, where it holds several networks; null for the usual one
   * @param rename beginnings of names in the file and what stands there instead, up to a dot; null
   *     for all names as they are
   */
  record OfWeights(
      @Description(FILE) Path weights,
      @Description(PART) @Nullable String part,
      @Description(RENAME) @Nullable Map<String, String> rename)
      implements WeightSource {

    static final String FILE =
        "a file with PyTorch's parameter names: .npz, .safetensors, or .pt of torch.save";
    static final String PART =
        "the key of a dictionary in the file, or what the names of a network in it begin with;"
            + " decided when left out";
    static final String RENAME =
        "other names for arrays or layers of the file, by those that they have: {head: fc}";

    /** A whole file as it is. */
    public OfWeights(Path weights) {
      this(weights, null, null);
    }

    /** Keeps the order of the names. */
    public OfWeights {
      rename = asKey(rename);
    }

    /** Other names in the order of the configuration. */
    public Map<String, String> otherNames() {
      return rename == null ? Map.of() : rename;
    }

    /** As it is written: left out where there are none. */
    static @Nullable Map<String, String> asKey(@Nullable Map<String, String> rename) {
      return rename == null || rename.isEmpty()
          ? null
          : Collections.unmodifiableMap(new LinkedHashMap<>(rename));
    }

    @Override
    public String described(UnaryOperator<String> path) {
      return "from " + path.apply(weights.toString());
    }
  }
}
