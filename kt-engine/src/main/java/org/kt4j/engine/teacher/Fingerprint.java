package org.kt4j.engine.teacher;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.TreeMap;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;

/** A SHA-256 of values, each told apart from its neighbours. */
public final class Fingerprint {

  private static final int CHUNK = 1 << 16;

  private final MessageDigest digest = DigestUtils.getSha256Digest();

  /** Adds what a value's {@code toString} says. */
  public Fingerprint add(Object value) {
    return add(value.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Adds bytes. */
  public Fingerprint add(byte[] bytes) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(bytes.length).flip());
    digest.update(bytes);
    return this;
  }

  /** Adds numbers, bit by bit. */
  public Fingerprint add(float[] numbers) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(numbers.length).flip());
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    for (int i = 0; i < numbers.length; i++) {
      chunk.putFloat(numbers[i]);
      if (!chunk.hasRemaining() || i == numbers.length - 1) {
        digest.update(chunk.flip());
        chunk.clear();
      }
    }
    return this;
  }

  /** Adds weights, whatever order they are in. */
  public Fingerprint add(Weights weights) {
    new TreeMap<>(weights.arrays())
        .forEach((name, array) -> add(name).add(array.shape()).add(array.values()));
    return this;
  }

  /**
   * Adds what a file holds.
   *
   * @throws IOException when it cannot be read
   */
  public Fingerprint addContent(Path file) throws IOException {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(Files.size(file)).flip());
    DigestUtils.updateDigest(digest, file);
    return this;
  }

  /** The 64 hexadecimal digits; nothing can be added afterwards. */
  public String hex() {
    return Hex.encodeHexString(digest.digest());
  }
}
