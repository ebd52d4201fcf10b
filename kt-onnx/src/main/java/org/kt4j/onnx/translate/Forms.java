package org.kt4j.onnx.translate;

import org.jspecify.annotations.Nullable;
import org.kt4j.onnx.model.OnnxTensor;
import org.tensorflow.ndarray.Shape;

/**
 * A tensor of the translated graph: under which names it is there, as TensorFlow has it and, for
 * maps of positions and channels, with the channels before the positions. One of them at least is
 * there; the other is made when it is needed.
 */
final class Forms {

  private final Shape shape;
  private final @Nullable OnnxTensor constant;
  private @Nullable String plain;
  private @Nullable String channelsFirst;

  private Forms(
      Shape shape,
      @Nullable OnnxTensor constant,
      @Nullable String plain,
      @Nullable String channelsFirst) {
    this.shape = shape;
    this.constant = constant;
    this.plain = plain;
    this.channelsFirst = channelsFirst;
  }

  /** As TensorFlow has it. */
  static Forms plain(String name, Shape shape) {
    return new Forms(shape, null, name, null);
  }

  /** With the channels first. */
  static Forms channelsFirst(String name, Shape shape) {
    return new Forms(shape, null, null, name);
  }

  /** A constant. */
  static Forms constant(String name, Shape shape, OnnxTensor value) {
    return new Forms(shape, value, name, null);
  }

  /** Its axes in TensorFlow's order. */
  Shape shape() {
    return shape;
  }

  int rank() {
    return shape.numDimensions();
  }

  /** Its numbers, where they are known. */
  @Nullable OnnxTensor value() {
    return constant;
  }

  @Nullable String plain() {
    return plain;
  }

  @Nullable String channelsFirst() {
    return channelsFirst;
  }

  /** Whether operations that work on either form should go on with the channels first. */
  boolean isChannelsFirst() {
    return plain == null;
  }

  /** Another name for the same as TensorFlow has it, beside the one with the channels first. */
  Forms withPlain(String name) {
    return new Forms(shape, constant, name, channelsFirst);
  }

  /** Another name for the same with the channels first. */
  Forms withChannelsFirst(String name) {
    return new Forms(shape, constant, plain, name);
  }
}
