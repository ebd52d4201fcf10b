package org.kt4j.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.tensorflow.ndarray.Shape;

/**
 * Every tap of one network with the static shape of its activation, in the order of the forward
 * pass. The first axis is the batch and is unknown (-1).
 */
public final class TapShapes {

  private static final TapShapes NONE = new TapShapes(Map.of());

  private final Map<String, Shape> shapes;

  private TapShapes(Map<String, Shape> shapes) {
    this.shapes = Collections.unmodifiableMap(new LinkedHashMap<>(shapes));
  }

  /** The taps of a network, in the order of its forward pass. */
  public static TapShapes of(Map<String, Shape> shapes) {
    return new TapShapes(shapes);
  }

  /** No taps: what a term sees of the teacher when there is none. */
  public static TapShapes none() {
    return NONE;
  }

  /** The names in the order of the forward pass. */
  public Set<String> names() {
    return shapes.keySet();
  }

  /**
   * The shape at a tap: {@code [-1, H, W, C]} of a feature map, {@code [-1, K]} of logits.
   *
   * @throws IllegalArgumentException when there is no such tap
   */
  public Shape shape(String tap) {
    Shape shape = shapes.get(tap);
    if (shape == null) {
      throw new IllegalArgumentException("no tap '" + tap + "'; known: " + shapes.keySet());
    }
    return shape;
  }

  /** Whether there is such a tap. */
  public boolean contains(String tap) {
    return shapes.containsKey(tap);
  }

  @Override
  public String toString() {
    return shapes.toString();
  }
}
