package org.kt4j.onnx.quantize;

import java.util.Collection;

/** The activations of a model for pictures. */
@FunctionalInterface
public interface Activations {

  /** Sees values. */
  @FunctionalInterface
  interface Visitor {

    /**
     * Sees the values of an activation for some pictures.
     *
     * @param tensor its name
     */
    void visit(String tensor, float[] values);
  }

  /**
   * Computes them for all pictures, the same every time.
   *
   * @param tensors names of activations
   * @param visitor sees each of them, picture after picture
   */
  void forEach(Collection<String> tensors, Visitor visitor);
}
