package org.kt4j.engine.weights;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of {@code torch.save} as it was before PyTorch 1.6, and is with {@code
 * _use_new_zipfile_serialization=False}: five pickles (a magic number, the version, facts about the
 * system, the object, the keys of its storages) and then each storage, its count of numbers in
 * eight bytes before it. All of it is in little-endian order.
 */
final class TorchLegacyFile implements Storages {

  /** {@code 0x1950a86a20f9469cfc6c} as protocol 2 writes it, behind the two bytes that say so. */
  private static final byte[] MAGIC = {
    (byte) 0x8a,
    10,
    'l',
    (byte) 0xfc,
    (byte) 0x9c,
    'F',
    (byte) 0xf9,
    ' ',
    'j',
    (byte) 0xa8,
    'P',
    0x19,
    '.'
  };

  private static final BigInteger NUMBER = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final Long VERSION = 1001L;

  /** What the pickles of any state dictionary fit into. */
  static final long LONGEST_PICKLES = 64L << 20;

  private final Path file;
  private final Map<String, Long> starts = new HashMap<>();

  private TorchLegacyFile(Path file) {
    this.file = file;
  }

  /** Whether a file begins like one, of which twenty bytes are enough. */
  static boolean begins(byte[] start) {
    return start.length >= 2 + MAGIC.length
        && start[0] == (byte) 0x80
        && Arrays.equals(start, 2, 2 + MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /**
   * Reads the pickles of a file.
   *
   * @throws IOException when it is damaged, with words that follow its name
   */
  static TorchContent read(Path file) throws IOException {
    TorchLegacyFile storages = new TorchLegacyFile(file);
    TorchObjects objects = new TorchObjects();
    long length = Files.size(file);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      PickleInput pickles = new PickleInput(in, Math.min(length, LONGEST_PICKLES));
      Object magic = PickleMachine.read(pickles, objects);
      Object version = PickleMachine.read(pickles, objects);
      if (!NUMBER.equals(magic) || !VERSION.equals(version)) {
        throw new BadPickleException(
            "is in the version " + version + " of torch.save's old form; allowed: " + VERSION);
      }
      PickleMachine.read(pickles, objects);
      Object root = PickleMachine.read(pickles, objects);
      Object keys = PickleMachine.read(pickles, objects);
      storages.find(in, pickles.position(), length, keys, objects.storages());
      return new TorchContent("PyTorch, old form", root, storages);
    }
  }

  private void find(
      InputStream in, long from, long length, Object keys, Map<String, TorchStorage> known)
      throws IOException {
    long at = from;
    for (Object key : keys instanceof List<?> list ? list : List.of()) {
      TorchStorage storage = key instanceof String name ? known.get(name) : null;
      if (storage == null) {
        throw new BadPickleException("has numbers under a key that no tensor refers to");
      }
      long count = new PickleInput(in, Long.BYTES).unsigned(Long.BYTES);
      if (count != storage.count()) {
        throw new BadPickleException(
            "has a storage '"
                + storage.key()
                + "' of "
                + Long.toUnsignedString(count)
                + " numbers where "
                + storage.count()
                + " are announced");
      }
      at += Long.BYTES;
      if (storage.bytes() > length - at) {
        throw new BadPickleException(
            "is cut short: the storage '"
                + storage.key()
                + "' takes "
                + storage.bytes()
                + " bytes, and "
                + (length - at)
                + " are left");
      }
      if (starts.put(storage.key(), at) != null) {
        throw new BadPickleException("has the storage '" + storage.key() + "' twice");
      }
      in.skipNBytes(storage.bytes());
      at += storage.bytes();
    }
    for (String key : known.keySet()) {
      if (!starts.containsKey(key)) {
        throw new BadPickleException("lacks the numbers of the storage '" + key + "'");
      }
    }
    if (at != length) {
      throw new BadPickleException(
          "has " + (length - at) + " bytes behind the last of its storages");
    }
  }

  @Override
  public ByteOrder order() {
    return ByteOrder.LITTLE_ENDIAN;
  }

  @Override
  public InputStream open(String key, long from) throws IOException {
    Long start = starts.get(key);
    if (start == null) {
      throw new BadPickleException("lacks the numbers of the storage '" + key + "'");
    }
    return FileRegion.open(file, start + from);
  }
}
