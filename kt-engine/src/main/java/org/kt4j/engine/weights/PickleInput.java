package org.kt4j.engine.weights;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The bytes of pickles, of which no more is kept than there is. */
final class PickleInput {

  /** The longest name of a module or class. */
  private static final int LONGEST_LINE = 1_000;

  private final InputStream in;
  private final long length;
  private long read;

  /**
   * Reads a stream.
   *
   * @param length bytes that may be read from it, which bounds what a count in it can ask for
   */
  PickleInput(InputStream in, long length) {
    this.in = in;
    this.length = length;
  }

  /** Bytes that were read so far. */
  long position() {
    return read;
  }

  int octet() throws IOException {
    int octet = read < length ? in.read() : -1;
    if (octet < 0) {
      throw new EOFException();
    }
    read++;
    return octet;
  }

  byte[] bytes(long count) throws IOException {
    if (count < 0 || count > length - read) {
      throw new BadPickleException(
          "announces "
              + Long.toUnsignedString(count)
              + " bytes of text or numbers where at most "
              + (length - read)
              + " follow");
    }
    byte[] bytes = in.readNBytes((int) count);
    if (bytes.length < count) {
      throw new EOFException();
    }
    read += count;
    return bytes;
  }

  String text(long count) throws IOException {
    return new String(bytes(count), StandardCharsets.UTF_8);
  }

  /** A number of up to eight bytes, the lowest first, without a sign. */
  long unsigned(int size) throws IOException {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (long) octet() << (Byte.SIZE * i);
    }
    return value;
  }

  int int32() throws IOException {
    return (int) unsigned(Integer.BYTES);
  }

  double float64() throws IOException {
    return ByteBuffer.wrap(bytes(Double.BYTES)).order(ByteOrder.BIG_ENDIAN).getDouble();
  }

  /** A whole number of any size: a {@code Long} where it fits. */
  Object integer(long size) throws IOException {
    byte[] bytes = bytes(size);
    for (int i = 0; i < bytes.length / 2; i++) {
      byte low = bytes[i];
      bytes[i] = bytes[bytes.length - 1 - i];
      bytes[bytes.length - 1 - i] = low;
    }
    if (bytes.length == 0) {
      return 0L;
    }
    BigInteger value = new BigInteger(bytes);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  /** Text up to the end of its line. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int octet = octet(); octet != '\n'; octet = octet()) {
      line.append((char) octet);
      if (line.length() > LONGEST_LINE) {
        throw new BadPickleException("holds a name of more than " + LONGEST_LINE + " characters");
      }
    }
    return line.toString();
  }
}
