package org.kt4j.engine.weights;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A file of {@code torch.save} since PyTorch 1.6: a ZIP file with a folder in which {@code
 * data.pkl} is the object, {@code data/0}, {@code data/1}, ... are its storages and {@code
 * byteorder} says how their numbers lie. Nothing in it is compressed, so that no entry can be
 * larger than the file.
 */
final class TorchZipFile implements Storages {

  private static final String PICKLE = "data.pkl";
  private static final int WORD = 16;

  private final Path file;
  private final String folder;
  private final ByteOrder order;

  private TorchZipFile(Path file, String folder, ByteOrder order) {
    this.file = file;
    this.folder = folder;
    this.order = order;
  }

  /** Whether an archive is one of PyTorch, by the names of its entries. */
  static boolean isOne(List<String> entries) {
    return entries.stream().anyMatch(TorchZipFile::isPickle);
  }

  private static boolean isPickle(String entry) {
    return entry.equals(PICKLE) || entry.matches("[^/]+/data\\.pkl");
  }

  /**
   * Reads the pickle of a file.
   *
   * @throws IOException when it is damaged, with words that follow its name
   */
  static TorchContent read(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      List<? extends ZipEntry> entries = zip.stream().toList();
      List<String> pickles =
          entries.stream().map(ZipEntry::getName).filter(TorchZipFile::isPickle).toList();
      if (pickles.size() != 1) {
        throw new BadPickleException("has " + pickles.size() + " pickles: " + pickles);
      }
      String folder = pickles.get(0).substring(0, pickles.get(0).length() - PICKLE.length());
      requireNoProgram(file, entries, folder);
      requireStored(entries, Files.size(file));
      TorchZipFile storages = new TorchZipFile(file, folder, order(zip, folder));
      TorchObjects objects = new TorchObjects();
      Object root;
      ZipEntry pickle = zip.getEntry(pickles.get(0));
      if (pickle.getSize() > TorchLegacyFile.LONGEST_PICKLES) {
        throw new BadPickleException(
            "has a pickle of "
                + pickle.getSize()
                + " bytes; allowed: "
                + TorchLegacyFile.LONGEST_PICKLES);
      }
      try (InputStream in = storages.checked(zip, pickle)) {
        byte[] bytes = in.readAllBytes();
        root =
            PickleMachine.read(
                new PickleInput(new ByteArrayInputStream(bytes), bytes.length), objects);
      }
      for (TorchStorage storage : objects.storages().values()) {
        storages.require(zip, storage);
      }
      return new TorchContent("PyTorch", root, storages);
    }
  }

  /** Nothing larger than the file is unpacked, and no bytes are read for several entries. */
  private static void requireStored(List<? extends ZipEntry> entries, long length)
      throws BadPickleException {
    Map<String, ZipEntry> names = new HashMap<>();
    long bytes = 0;
    for (ZipEntry entry : entries) {
      if (names.put(entry.getName(), entry) != null) {
        throw new BadPickleException("has the entry '" + entry.getName() + "' twice");
      }
      if (entry.getMethod() != ZipEntry.STORED && entry.getSize() != 0) {
        throw new BadPickleException(
            "is compressed, which torch.save never does: '"
                + entry.getName()
                + "' takes "
                + entry.getCompressedSize()
                + " bytes for "
                + entry.getSize()
                + "; fix: save it again by torch.save, or pack it without compression (zip -0)");
      }
      bytes += Math.max(0, entry.getSize());
      if (bytes > length) {
        throw new BadPickleException(
            "has entries that overlap: together they take more than the "
                + length
                + " bytes of the file");
      }
    }
  }

  private static void requireNoProgram(Path file, List<? extends ZipEntry> entries, String folder)
      throws BadPickleException {
    boolean program =
        entries.stream()
            .map(ZipEntry::getName)
            .anyMatch(
                name -> name.equals(folder + "constants.pkl") || name.startsWith(folder + "code/"));
    if (program) {
      throw new BadPickleException(
          "is a program of TorchScript (torch.jit.save), not weights alone; fix: name it as a model,"
              + " teacher: {model: "
              + file
              + "}, or save its weights in Python:"
              + " torch.save(torch.jit.load(file).state_dict(), 'weights.pt')");
    }
  }

  private static ByteOrder order(ZipFile zip, String folder) throws IOException {
    ZipEntry entry = zip.getEntry(folder + "byteorder");
    if (entry == null) {
      return ByteOrder.LITTLE_ENDIAN; // until PyTorch 2.1
    }
    try (InputStream in = zip.getInputStream(entry)) {
      String word = new String(in.readNBytes(WORD), StandardCharsets.US_ASCII).strip();
      return switch (word) {
        case "little" -> ByteOrder.LITTLE_ENDIAN;
        case "big" -> ByteOrder.BIG_ENDIAN;
        default ->
            throw new BadPickleException(
                "has the order of bytes '" + word + "'; allowed: little, big");
      };
    }
  }

  private void require(ZipFile zip, TorchStorage storage) throws BadPickleException {
    ZipEntry entry = zip.getEntry(name(storage.key()));
    if (entry == null) {
      throw new BadPickleException(
          "lacks the entry '" + name(storage.key()) + "' with numbers of a tensor");
    }
    if (entry.getSize() < storage.bytes()) {
      throw new BadPickleException(
          "has "
              + entry.getSize()
              + " bytes in '"
              + entry.getName()
              + "', where "
              + storage.count()
              + " numbers of "
              + storage.type()
              + " are announced");
    }
  }

  private String name(String key) {
    return folder + "data/" + key;
  }

  @Override
  public ByteOrder order() {
    return order;
  }

  @Override
  public InputStream open(String key, long from) throws IOException {
    ZipFile zip = new ZipFile(file.toFile());
    try {
      ZipEntry entry = zip.getEntry(name(key));
      if (entry == null) {
        throw new BadPickleException("lacks the entry '" + name(key) + "'");
      }
      InputStream in = from == 0 ? checked(zip, entry) : zip.getInputStream(entry);
      in.skipNBytes(from);
      return new FilterInputStream(in) {
        @Override
        public void close() throws IOException {
          try (zip) {
            super.close();
          }
        }
      };
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  /** The bytes of an entry; who reads all of them gets an error where the checksum differs. */
  private InputStream checked(ZipFile zip, ZipEntry entry) throws IOException {
    CRC32 sum = new CRC32();
    return new CheckedInputStream(zip.getInputStream(entry), sum) {
      private long left = entry.getSize();

      @Override
      public int read() throws IOException {
        int octet = super.read();
        return counted(octet, octet < 0 ? 0 : 1);
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        return counted(count, Math.max(0, count));
      }

      private int counted(int result, int count) throws IOException {
        left -= count;
        if (left == 0 && sum.getValue() != entry.getCrc()) {
          throw new BadPickleException(
              "is damaged: the checksum (CRC-32) of '" + entry.getName() + "' differs");
        }
        return result;
      }
    };
  }
}
