package org.kt4j.onnx.translate;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.List;
import org.kt4j.onnx.model.OnnxTensor;

/** Constants with their axes in another order. */
final class Transposed {

  private Transposed() {}

  /**
   * The same numbers.
   *
   * @param order for each axis of the result, which axis it is of the given one
   */
  static OnnxTensor of(OnnxTensor given, List<Long> order) {
    int rank = order.size();
    long[] sizes = new long[rank];
    long[] steps = new long[rank]; // of the given one, for each axis of the result
    for (int axis = 0; axis < rank; axis++) {
      int from = Math.toIntExact(order.get(axis));
      sizes[axis] = given.sizes().get(from);
      steps[axis] = given.sizes().subList(from + 1, rank).stream().reduce(1L, Math::multiplyExact);
    }
    int width = given.type().bytes();
    byte[] old = given.content().toByteArray();
    byte[] result = new byte[old.length];
    long[] at = new long[rank];
    for (int to = 0; to < result.length; to += width) {
      long from = 0;
      for (int axis = 0; axis < rank; axis++) {
        from += at[axis] * steps[axis];
      }
      System.arraycopy(old, Math.toIntExact(from * width), result, to, width);
      for (int axis = rank - 1; axis >= 0 && ++at[axis] == sizes[axis]; axis--) {
        at[axis] = 0;
      }
    }
    return new OnnxTensor(
        given.type(), Arrays.stream(sizes).boxed().toList(), ByteString.copyFrom(result));
  }
}
