package org.kt4j.engine.weights;

import java.util.List;
import java.util.Locale;

/**
 * A tensor as a view of a storage.
 *
 * @param type of its numbers, as PyTorch calls it
 * @param offset of its first number in the storage, in numbers
 * @param sizes of its axes
 * @param strides numbers from one place of an axis to the next
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record TorchTensor(TorchStorage storage, String type, long offset, long[] sizes, long[] strides) {

  private static final int MOST_AXES = 64;

  /**
   * A tensor, as the arguments of PyTorch's functions describe it.
   *
   * @throws BadPickleException when they do not, or it would lie outside of its storage
   */
  static TorchTensor of(Object storage, String type, Object offset, Object sizes, Object strides)
      throws BadPickleException {
    if (!(storage instanceof TorchStorage whole) || !(offset instanceof Long first)) {
      throw new BadPickleException("makes a tensor of what is no storage");
    }
    TorchTensor tensor = new TorchTensor(whole, type, first, numbers(sizes), numbers(strides));
    tensor.requireInside();
    return tensor;
  }

  /** A tensor that is the whole of a storage, in C's order. */
  static TorchTensor row(TorchStorage storage, long[] sizes) {
    long[] strides = new long[sizes.length];
    long step = 1;
    for (int a = sizes.length - 1; a >= 0; a--) {
      strides[a] = step;
      step *= sizes[a];
    }
    return new TorchTensor(storage, storage.type(), 0, sizes, strides);
  }

  private static long[] numbers(Object tuple) throws BadPickleException {
    List<?> items =
        tuple instanceof PickleTuple given
            ? given.items()
            : tuple instanceof List<?> list ? list : List.of("no number");
    if (items.size() > MOST_AXES) {
      throw new BadPickleException(
          "has a tensor of " + items.size() + " axes; allowed: " + MOST_AXES);
    }
    long[] numbers = new long[items.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!(items.get(i) instanceof Long number) || number < 0) {
        throw new BadPickleException("has a tensor whose sizes are no whole numbers of 0 or more");
      }
      numbers[i] = number;
    }
    return numbers;
  }

  private void requireInside() throws BadPickleException {
    if (sizes.length != strides.length || offset < 0) {
      throw new BadPickleException("has a tensor whose sizes and strides do not belong together");
    }
    long room = storage.bytes() / TorchStorage.size(type);
    double last = offset;
    double count = 1;
    for (int a = 0; a < sizes.length; a++) {
      last += (sizes[a] - 1.0) * strides[a];
      count *= sizes[a];
    }
    if (count > Integer.MAX_VALUE - 8) {
      throw new BadPickleException(
          String.format(
              Locale.ROOT,
              "has a tensor of %.3g numbers; allowed: at most %d",
              count,
              Integer.MAX_VALUE - 8));
    }
    if (count > 0 && last >= room) {
      throw new BadPickleException(
          String.format(
              Locale.ROOT,
              "has a tensor that reads number %.0f of the storage '%s', which has %d",
              last + 1,
              storage.key(),
              room));
    }
  }

  /** How many numbers it has. */
  int count() {
    long count = 1;
    for (long size : sizes) {
      count *= size;
    }
    return (int) count;
  }

  /** How many numbers of the storage lie from its first to its last. */
  long span() {
    long span = count() == 0 ? 0 : 1;
    for (int a = 0; a < sizes.length && span > 0; a++) {
      span += (sizes[a] - 1) * strides[a];
    }
    return span;
  }

  /** Whether its numbers lie one behind the other, in C's order. */
  boolean isContiguous() {
    long step = 1;
    for (int a = sizes.length - 1; a >= 0; a--) {
      if (sizes[a] != 1 && strides[a] != step) {
        return count() == 0;
      }
      step *= sizes[a];
    }
    return true;
  }

  /** Its numbers in C's order, out of all from its first to its last. */
  float[] gathered(float[] span) {
    float[] values = new float[count()];
    long[] at = new long[sizes.length];
    int from = 0;
    for (int to = 0; to < values.length; to++) {
      values[to] = span[from];
      for (int a = sizes.length - 1; a >= 0; a--) {
        from += (int) strides[a];
        if (++at[a] < sizes[a]) {
          break;
        }
        from -= (int) (strides[a] * sizes[a]);
        at[a] = 0;
      }
    }
    return values;
  }
}
