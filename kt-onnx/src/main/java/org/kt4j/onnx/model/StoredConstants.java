package org.kt4j.onnx.model;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/** The large constants that a file holds, found by what they are. */
final class StoredConstants {

  /** What is smaller is not worth the reference, and runtimes want shapes in the file itself. */
  private static final int SMALLEST = 1024;

  private final ByteBuffer file;

  /** Where the last one ended: constants mostly follow each other in the same order. */
  private int from;

  StoredConstants(ByteString file) {
    this.file = file.asReadOnlyByteBuffer();
  }

  /** Where these bytes stand in the file; nowhere where they are few. */
  OptionalInt find(ByteString content) {
    if (content.size() < SMALLEST) {
      return OptionalInt.empty();
    }
    ByteBuffer wanted = content.asReadOnlyByteBuffer();
    OptionalInt found = find(wanted, from);
    if (found.isEmpty()) {
      found = find(wanted, 0);
    }
    found.ifPresent(at -> from = at + content.size());
    return found;
  }

  private OptionalInt find(ByteBuffer wanted, int first) {
    int size = wanted.remaining();
    for (int at = first; at <= file.capacity() - size; at++) {
      if (file.get(at) == wanted.get(0) && file.slice(at, size).equals(wanted)) {
        return OptionalInt.of(at);
      }
    }
    return OptionalInt.empty();
  }
}
