package org.kt4j.engine.experiment;

import org.kt4j.api.Description;
import org.kt4j.engine.graph.Binarization;

/**
 * How a student computes with signs.
 *
 * @param scheme of weights and ReLUs
 * @param firstAndLast how its first and its last layer compute
 * @param shortcuts what the shortcuts of residual blocks go around
 */
public record BinaryConfig(
    @Description("xnor: signs of weights times their mean size; bnn: signs alone, and hard tanh")
        Binarization.Scheme scheme,
    @Description("the first and the last layer: floats, or signs as all others")
        Binarization.Ends firstAndLast,
    @Description("around each block, or around each convolution of a basic block (Bi-Real net)")
        Binarization.Shortcuts shortcuts) {

  /** The same for a network. */
  public Binarization binarization() {
    return new Binarization(scheme, firstAndLast, shortcuts);
  }

  /** What both papers do. */
  public static BinaryConfig defaults() {
    return new BinaryConfig(
        Binarization.Scheme.XNOR, Binarization.Ends.FLOATS, Binarization.Shortcuts.BLOCK);
  }
}
