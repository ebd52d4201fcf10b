package org.kt4j.onnx.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An input or an output of a graph.
 *
 * @param name its name
 * @param type of its numbers
 * @param sizes its axes: digits where the size is fixed, otherwise a name for it; equal names are
 *     equal sizes. Null where they are not told
 */
public record OnnxPort(String name, Element type, @Nullable List<String> sizes) {

  /** Keeps a copy. */
  public OnnxPort {
    sizes = sizes == null ? null : List.copyOf(sizes);
  }
}
