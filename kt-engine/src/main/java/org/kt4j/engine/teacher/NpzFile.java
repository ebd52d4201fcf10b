package org.kt4j.engine.teacher;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.util.passthrough.PassthroughNDManager;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.kt4j.data.RegularFile;
import org.kt4j.engine.teacher.NpyHeader.BadArrayException;

/**
 * Weights in an .npz file, as {@code numpy.savez} writes a PyTorch state dictionary: one array for
 * each parameter, under PyTorch's name and in its order of axes. Floats and integers of every size,
 * byte order and order of the axes are read as float32; text and Python objects beside them are
 * passed over, and objects are never unpickled.
 */
public final class NpzFile {

  private static final String ENDING = ".npy";

  /** Where macOS puts what it knows about the files of an archive. */
  private static final String APPLES = "__MACOSX/";

  /** Java's message about an archive that is compressed in a way that it does not know. */
  private static final Pattern METHOD = Pattern.compile("compression method:? (\\d+)");

  /** Bytes from which an array is recognised. */
  private static final int START = 8;

  /** Names in a message. */
  private static final int SHOWN = 3;

  /** The earliest that an archive can hold, so that the same weights are the same bytes. */
  private static final LocalDateTime ANY_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private static final String FIX =
      "fix: numpy.savez(file, **{name: value.numpy() for name, value in state.items()})";

  /** The part of Java's memory that may go to one file; a network needs its weights twice. */
  private static final int SHARE_OF_MEMORY = 3;

  private final Path file;
  private final Map<String, Weights.Array> arrays = new LinkedHashMap<>();
  private final Map<String, String> others = new LinkedHashMap<>();
  private long room;

  private NpzFile(Path file, long room) {
    this.file = file;
    this.room = room;
  }

  /**
   * Reads a file.
   *
   * @throws WeightsException when it is missing, cut short or damaged, or holds something else
   */
  public static Weights read(Path file) {
    return read(file, Runtime.getRuntime().maxMemory() / SHARE_OF_MEMORY);
  }

  /**
   * Reads a file.
   *
   * @param room bytes that its numbers may take as float32
   */
  static Weights read(Path file, long room) {
    if (!Files.isRegularFile(file)) {
      throw new WeightsException(
          file.toString(),
          RegularFile.isOther(file)
              ? (Files.isDirectory(file) ? "is a folder" : "is no regular file")
                  + "; fix: name an .npz file"
              : "there is no such file",
          null);
    }
    NpzFile npz = new NpzFile(file, room);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      List<? extends ZipEntry> entries =
          zip.stream().filter(entry -> !entry.getName().startsWith(APPLES)).toList();
      for (ZipEntry entry : entries) {
        npz.add(zip, entry);
      }
      if (npz.arrays.isEmpty()) {
        throw npz.nothing(entries.stream().map(ZipEntry::getName).toList());
      }
      return new Weights(
          file.toString(), SparseArrays.whole(file.toString(), npz.arrays), npz.others);
    } catch (ZipException | IllegalArgumentException e) { // the latter of names that are no text
      throw npz.noZip(e);
    } catch (IOException e) {
      throw new WeightsException(file.toString(), "cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /** What is there in place of arrays of numbers: arrays of other types, or other files. */
  private WeightsException nothing(List<String> entries) {
    List<String> types =
        others.entrySet().stream()
            // Counts of batches say nothing.
            .sorted(Comparator.comparing(each -> each.getValue().endsWith("i8")))
            .map(each -> each.getKey() + " is " + NpyNumbers.described(each.getValue()))
            .toList();
    List<String> shown = types.isEmpty() ? entries : types;
    String rest = shown.size() > SHOWN ? " and " + (shown.size() - SHOWN) + " more" : "";
    String first = String.join(", ", shown.subList(0, Math.min(SHOWN, shown.size())));
    return wrong(
        "holds no arrays of numbers"
            + (types.isEmpty() ? ", but " + (entries.isEmpty() ? "nothing" : first) : ": " + first)
            + rest
            + "; "
            + (types.isEmpty()
                ? FIX
                : "allowed: " + NpyNumbers.ALLOWED + "; fix: " + NpyNumbers.fix(firstType())));
  }

  private String firstType() {
    return others.values().stream().filter(type -> !type.endsWith("i8")).findFirst().orElse("<i8");
  }

  private WeightsException noZip(Exception e) {
    Matcher method = METHOD.matcher(String.valueOf(e.getMessage()));
    if (method.find()) {
      return new WeightsException(
          file.toString(),
          "is compressed by method "
              + method.group(1)
              + " of ZIP; allowed: stored (0) or deflated (8); fix: numpy.savez or"
              + " numpy.savez_compressed",
          e);
    }
    String what = ForeignFile.described(file).map(found -> ": " + found).orElse("");
    return new WeightsException(
        file.toString(),
        what.isEmpty()
            ? "is no whole .npz file (" + e.getMessage() + "); fix: copy or save it again"
            : "is no .npz file" + what,
        e);
  }

  private void add(ZipFile zip, ZipEntry entry) throws IOException {
    if (!entry.getName().endsWith(ENDING)) {
      requireNoArray(zip, entry);
      return;
    }
    String name = entry.getName().substring(0, entry.getName().length() - ENDING.length());
    if (arrays.containsKey(name) || others.containsKey(name)) {
      throw wrong("holds '" + name + "' twice; fix: save it again, each array once");
    }
    try (InputStream stored = zip.getInputStream(entry);
        CheckedInputStream in = new CheckedInputStream(stored, new CRC32())) {
      NpyHeader header = NpyHeader.read(new DataInputStream(in));
      Optional<NpyNumbers> numbers = NpyNumbers.of(header.type());
      if (numbers.isEmpty() || header.isCounter()) {
        others.put(name, header.type());
        return;
      }
      float[] values = values(name, entry, header, numbers.get(), in);
      if (in.read() >= 0 || in.getChecksum().getValue() != entry.getCrc()) {
        throw new BadArrayException("is damaged: its checksum (CRC-32) differs");
      }
      arrays.put(name, new Weights.Array(header.shape(), values, numbers.get().name()));
    } catch (EOFException e) {
      throw new WeightsException(
          file.toString(), "the array '" + name + "' is cut short; fix: copy or save it again", e);
    } catch (BadArrayException | ZipException e) {
      throw new WeightsException(
          file.toString(),
          "the array '" + name + "' " + e.getMessage() + "; fix: save it again by numpy.savez",
          e);
    }
  }

  /** Throws when an entry that is not called an array is one. */
  private void requireNoArray(ZipFile zip, ZipEntry entry) throws IOException {
    if (entry.isDirectory()) {
      return;
    }
    try (InputStream in = zip.getInputStream(entry)) {
      if (NpyHeader.begins(in.readNBytes(START))) {
        throw wrong(
            "the array '"
                + entry.getName()
                + "' lacks the ending .npy of its entry in the archive; fix: save it again by"
                + " numpy.savez");
      }
    }
  }

  private float[] values(
      String name, ZipEntry entry, NpyHeader header, NpyNumbers numbers, InputStream in)
      throws IOException {
    long count = header.count();
    long bytes = header.bytes() + count * numbers.size();
    if (bytes != entry.getSize()) {
      throw new BadArrayException(
          "is "
              + header.type()
              + " of the shape "
              + header.shape()
              + ", which takes "
              + bytes
              + " bytes with its header, and the file holds "
              + entry.getSize());
    }
    room -= count * Float.BYTES;
    if (room < 0) {
      throw wrong(
          "holds more numbers than fit into a third of Java's memory of "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MB; '"
              + name
              + "' alone is "
              + header.shape()
              + "; fix: if these are the right weights, more memory with"
              + " JAVA_TOOL_OPTIONS=-Xmx8g");
    }
    return numbers.read(in, header);
  }

  private WeightsException wrong(String problem) {
    return new WeightsException(file.toString(), problem, null);
  }

  /**
   * Writes a file that {@link #read} and {@code numpy.load} read: bytes and whole numbers of 32
   * bits as what they are, everything else as float32.
   *
   * @throws IOException when it cannot be written
   */
  public static void write(Weights weights, Path file) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file));
        NDManager manager = PassthroughNDManager.INSTANCE.newSubManager()) {
      for (Map.Entry<String, Weights.Array> entry : weights.arrays().entrySet()) {
        NDArray values = array(manager, entry.getValue());
        values.setName(entry.getKey());
        copy(new NDList(values).encode(NDList.Encoding.NPZ), out);
        values.close();
      }
    }
  }

  /**
   * Writes a file without the zeros of arrays that have many, which {@link #read} reads. In place
   * of an array {@code NAME} of n numbers, row-major in PyTorch's order of axes, there are
   *
   * <pre>
   * NAME.bitmask  uint8 [ceil(n / 8)]  one bit for each number, 1 where it is there, as NumPy's
   *                                    packbits(mask, bitorder='little') gives them
   * NAME.nonzero  float32 [m]          the numbers that are there
   * NAME.shape    int32 [axes]         of the array
   * </pre>
   *
   * <p>An array that would not become smaller by it stands whole under its name.
   *
   * @throws IOException when it cannot be written
   */
  public static void writeSparse(Weights weights, Path file) throws IOException {
    write(SparseArrays.parts(weights), file);
  }

  private static NDArray array(NDManager manager, Weights.Array array) {
    float[] values = array.values();
    var shape = new ai.djl.ndarray.types.Shape(array.shape().asArray());
    if (!array.type().equals(NpyNumbers.UINT8) && !array.type().equals(NpyNumbers.INT32)) {
      return manager.create(values, shape);
    }
    boolean bytes = array.type().equals(NpyNumbers.UINT8);
    ByteBuffer content =
        ByteBuffer.allocate(values.length * (bytes ? Byte.BYTES : Integer.BYTES))
            .order(ByteOrder.nativeOrder());
    for (float value : values) {
      if (bytes) {
        content.put((byte) (int) value);
      } else {
        content.putInt((int) value);
      }
    }
    return manager.create(content.flip(), shape, bytes ? DataType.UINT8 : DataType.INT32);
  }

  /** Moves the entry of an archive into another, under a time that does not tell when. */
  private static void copy(byte[] archive, ZipOutputStream out) throws IOException {
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(archive))) {
      ZipEntry named = new ZipEntry(Objects.requireNonNull(in.getNextEntry()).getName());
      named.setTimeLocal(ANY_TIME);
      out.putNextEntry(named);
      in.transferTo(out);
      out.closeEntry();
    }
  }
}
