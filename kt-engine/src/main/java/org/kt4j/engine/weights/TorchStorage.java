package org.kt4j.engine.weights;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row of numbers that tensors of a file are parts of.
 *
 * @param key its name in the file
 * @param type of its numbers, as PyTorch calls it: {@code float32}; {@code uint8} where a tensor
 *     says itself what its bytes are
 * @param count of its numbers
 * @param first the place of its first number in what lies in the file under its key
 */
record TorchStorage(String key, String type, long count, long first) {

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("DoubleStorage", "float64"),
          Map.entry("FloatStorage", "float32"),
          Map.entry("HalfStorage", "float16"),
          Map.entry("BFloat16Storage", "bfloat16"),
          Map.entry("LongStorage", "int64"),
          Map.entry("IntStorage", "int32"),
          Map.entry("ShortStorage", "int16"),
          Map.entry("CharStorage", "int8"),
          Map.entry("ByteStorage", "uint8"),
          Map.entry("UntypedStorage", "uint8"),
          Map.entry("BoolStorage", "bool"),
          Map.entry("ComplexFloatStorage", "complex64"),
          Map.entry("ComplexDoubleStorage", "complex128"),
          Map.entry("QInt8Storage", "qint8"),
          Map.entry("QUInt8Storage", "quint8"),
          Map.entry("QInt32Storage", "qint32"));

  private static final Map<String, Integer> SIZES =
      Map.ofEntries(
          Map.entry("float64", 8),
          Map.entry("float32", 4),
          Map.entry("float16", 2),
          Map.entry("bfloat16", 2),
          Map.entry("int64", 8),
          Map.entry("int32", 4),
          Map.entry("int16", 2),
          Map.entry("int8", 1),
          Map.entry("uint64", 8),
          Map.entry("uint32", 4),
          Map.entry("uint16", 2),
          Map.entry("uint8", 1),
          Map.entry("bool", 1),
          Map.entry("complex64", 8),
          Map.entry("complex128", 16),
          Map.entry("qint8", 1),
          Map.entry("quint8", 1),
          Map.entry("qint32", 4));

  /** The type of a class of storages; null where there is no such class. */
  static @Nullable String type(PickleGlobal storage) {
    boolean ofTorch = storage.module().equals("torch") || storage.module().startsWith("torch.");
    return ofTorch ? TYPES.get(storage.name()) : null;
  }

  /** Bytes of one number of a type; 1 where that is not known. */
  static int size(String type) {
    return SIZES.getOrDefault(type, 1);
  }

  /** All its bytes. */
  long bytes() {
    return count * size(type);
  }
}
