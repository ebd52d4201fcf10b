package org.kt4j.engine.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes a pickle code by code, as Python's pickletools describes them. */
final class PickleWriter {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A pickle of protocol 2, which is what torch.save writes. */
  static PickleWriter begun() {
    return new PickleWriter().codes(0x80, 2);
  }

  PickleWriter codes(int... codes) {
    for (int code : codes) {
      out.write(code);
    }
    return this;
  }

  PickleWriter global(String module, String name) {
    return codes('c').ascii(module + "\n" + name + "\n");
  }

  private PickleWriter ascii(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  PickleWriter text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    codes('X').int32(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  /** Four bytes, the lowest first, without a code. */
  PickleWriter int32(int number) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array());
    return this;
  }

  /** Eight bytes, the lowest first, without a code. */
  PickleWriter int64(long number) {
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array());
    return this;
  }

  PickleWriter integer(long number) {
    return codes(0x8a, 8).int64(number);
  }

  PickleWriter integers(long... numbers) {
    codes('(');
    for (long number : numbers) {
      integer(number);
    }
    return codes('t');
  }

  /** A storage that lies outside of the pickle. */
  PickleWriter storage(String type, String key, long count) {
    return codes('(')
        .text("storage")
        .global("torch", type)
        .text(key)
        .text("cpu")
        .integer(count)
        .codes('t', 'Q');
  }

  /** A tensor as a part of a storage. */
  PickleWriter tensor(
      String type, String key, long count, long offset, long[] sizes, long[] strides) {
    return global("torch._utils", "_rebuild_tensor_v2")
        .codes('(')
        .storage(type, key, count)
        .integer(offset)
        .integers(sizes)
        .integers(strides)
        .codes(0x89)
        .global("collections", "OrderedDict")
        .codes(')', 'R', 't', 'R');
  }

  /** A tensor that is a whole storage of floats. */
  PickleWriter row(String key, long count) {
    return tensor("FloatStorage", key, count, 0, new long[] {count}, new long[] {1});
  }

  byte[] ended() {
    return codes('.').out.toByteArray();
  }
}
