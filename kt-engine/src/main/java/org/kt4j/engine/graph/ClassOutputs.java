package org.kt4j.engine.graph;

import java.util.OptionalInt;

/**
 * How many outputs a layer of a head has for a number of classes: {@code perClass K + more}.
 *
 * @param perClass outputs of each class
 * @param more outputs that belong to no class, such as that of the background
 */
public record ClassOutputs(int perClass, int more) {

  /** The logits of a classifier. */
  public static final ClassOutputs LOGITS = new ClassOutputs(1, 0);

  /** The number of outputs for a number of classes. */
  public int of(int classes) {
    return perClass * classes + more;
  }

  /** The number of classes of so many outputs; empty where no number of classes has them. */
  public OptionalInt classes(long outputs) {
    long ofClasses = outputs - more;
    return ofClasses > 0 && ofClasses % perClass == 0
        ? OptionalInt.of(Math.toIntExact(ofClasses / perClass))
        : OptionalInt.empty();
  }
}
