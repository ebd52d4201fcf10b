package org.kt4j.engine.weights;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;
import org.tensorflow.ndarray.Shape;

/**
 * A file of the form safetensors: eight bytes with the length of a header, little-endian; the
 * header, a JSON object of {@code name: {dtype, shape, data_offsets: [begin, end]}} in UTF-8; and
 * the numbers of all tensors, row-major and little-endian, without a gap and without overlapping.
 */
final class SafetensorsFile {

  /** A hundred thousand tensors; the form itself allows 100 MB. */
  private static final long LONGEST_HEADER = 16L << 20;

  private static final int MOST_AXES = 64;
  private static final String METADATA = "__metadata__";

  /** NumPy's name and the bytes of a number, by the name of a type in the file. */
  private static final Map<String, Type> TYPES =
      Map.ofEntries(
          Map.entry("F64", new Type("float64", 8)),
          Map.entry("F32", new Type("float32", 4)),
          Map.entry("F16", new Type("float16", 2)),
          Map.entry("BF16", new Type("bfloat16", 2)),
          Map.entry("I64", new Type("int64", 8)),
          Map.entry("I32", new Type("int32", 4)),
          Map.entry("I16", new Type("int16", 2)),
          Map.entry("I8", new Type("int8", 1)),
          Map.entry("U64", new Type("uint64", 8)),
          Map.entry("U32", new Type("uint32", 4)),
          Map.entry("U16", new Type("uint16", 2)),
          Map.entry("U8", new Type("uint8", 1)),
          Map.entry("BOOL", new Type("bool", 1)),
          Map.entry("F8_E4M3", new Type("float8_e4m3fn", 1)),
          Map.entry("F8_E5M2", new Type("float8_e5m2", 1)),
          Map.entry("C64", new Type("complex64", 8)));

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private record Type(String name, int size) {}

  /** A tensor of the header; the places count from the first byte behind it. */
  private record Entry(String name, Type type, Shape shape, long begin, long end) {}

  private final Path file;

  private SafetensorsFile(Path file) {
    this.file = file;
  }

  /** Whether a file begins like one, of which nine bytes are enough. */
  static boolean begins(byte[] start) {
    if (start.length < 9 || start[8] != '{') {
      return false;
    }
    long length = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      length |= (start[i] & 0xffL) << (Byte.SIZE * i);
    }
    return length > 0 && length < 1L << 40;
  }

  /**
   * Reads the header of a file.
   *
   * @throws WeightsException when it is not as the form requires, or the file is cut short
   */
  static StateDictionary read(Path file) {
    return new SafetensorsFile(file).read();
  }

  private StateDictionary read() {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      long size = Files.size(file);
      long length = Long.reverseBytes(in.readLong());
      long room = size - Long.BYTES;
      if (length < 0 || length > room) {
        throw damaged(
            "announces a header of "
                + Long.toUnsignedString(length)
                + " bytes, and "
                + room
                + " follow");
      }
      if (length > LONGEST_HEADER) {
        throw damaged("has a header of " + length + " bytes; allowed: " + LONGEST_HEADER);
      }
      byte[] header = new byte[(int) length];
      in.readFully(header);
      return dictionary(entries(header), Long.BYTES + length, room - length);
    } catch (EOFException e) {
      throw damaged("is shorter than the length of its header");
    } catch (IOException e) {
      throw new WeightsException(file.toString(), "cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private WeightsException damaged(String problem) {
    return new WeightsException(
        file.toString(), problem + "; fix: copy, download or save it again", null);
  }

  private List<Entry> entries(byte[] header) {
    JsonNode root;
    try {
      root = JSON.readTree(header);
    } catch (IOException e) {
      String words = String.valueOf(e.getMessage());
      int line = words.indexOf('\n');
      throw damaged(
          "has a header that is no JSON (" + (line < 0 ? words : words.substring(0, line)) + ")");
    }
    if (header[0] != '{' || !root.isObject()) {
      throw damaged("has a header that is no JSON object");
    }
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> each : root.properties()) {
      if (each.getKey().equals(METADATA)) {
        requireText(each.getValue());
      } else {
        entries.add(entry(each.getKey(), each.getValue()));
      }
    }
    return entries;
  }

  private void requireText(JsonNode metadata) {
    boolean text = metadata.isObject();
    for (JsonNode value : metadata) {
      text &= value.isTextual();
    }
    if (!text) {
      throw damaged("has a " + METADATA + " that is no map from text to text");
    }
  }

  private Entry entry(String name, JsonNode node) {
    for (Map.Entry<String, JsonNode> each : node.properties()) {
      if (!Set.of("dtype", "shape", "data_offsets").contains(each.getKey())) {
        throw damaged("says '" + each.getKey() + "' of '" + name + "', which the form has not");
      }
    }
    JsonNode dtype = node.get("dtype");
    Type type = dtype == null ? null : TYPES.get(dtype.asText());
    if (type == null) {
      throw new WeightsException(
          file.toString(),
          "the array '"
              + name
              + "' is of the type "
              + (dtype == null ? "of none" : dtype.asText())
              + "; allowed: F16, BF16, F32, F64 and whole numbers (I8 to I64, U8 to U64); fix:"
              + " value.float() in PyTorch, and save it again",
          null);
    }
    long[] sizes = numbers(name, "shape", node.get("shape"));
    long[] places = numbers(name, "data_offsets", node.get("data_offsets"));
    double bytes = type.size();
    for (long size : sizes) {
      bytes *= size;
    }
    if (places.length != 2 || places[1] - places[0] != bytes) {
      throw damaged(
          "the array '"
              + name
              + "' of the type "
              + node.get("dtype").asText()
              + " and the shape "
              + Shape.of(sizes)
              + " has the data_offsets "
              + node.get("data_offsets")
              + ", which are not as far apart as its bytes");
    }
    if (bytes / type.size() > Integer.MAX_VALUE - 8) {
      throw damaged(
          "the array '" + name + "' has more than " + (Integer.MAX_VALUE - 8) + " numbers");
    }
    return new Entry(name, type, Shape.of(sizes), places[0], places[1]);
  }

  private long[] numbers(String name, String key, @Nullable JsonNode list) {
    if (list == null || !list.isArray() || list.size() > MOST_AXES) {
      throw damaged("the array '" + name + "' has no " + key + " that is a list of numbers");
    }
    long[] numbers = new long[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      JsonNode number = list.get(i);
      if (!number.isIntegralNumber() || !number.canConvertToLong() || number.asLong() < 0) {
        throw damaged(
            "the array '"
                + name
                + "' has the "
                + key
                + " "
                + list
                + "; allowed: whole numbers of 0 or more");
      }
      numbers[i] = number.asLong();
    }
    return numbers;
  }

  private StateDictionary dictionary(List<Entry> entries, long first, long room) {
    List<Entry> inOrder = new ArrayList<>(entries);
    inOrder.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long at = 0;
    for (Entry entry : inOrder) {
      if (entry.begin() != at) {
        throw damaged(
            "the array '"
                + entry.name()
                + "' begins at byte "
                + entry.begin()
                + " of the numbers, and the one before it ends at "
                + at
                + (entry.begin() < at ? ": they overlap" : ": there is a gap"));
      }
      at = entry.end();
    }
    if (at != room) {
      throw damaged(
          at > room
              ? "is cut short: its arrays take " + at + " bytes, and " + room + " are there"
              : "has " + (room - at) + " bytes behind its last array");
    }
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    Map<String, String> others = new LinkedHashMap<>();
    Storages numbers = new Numbers(file, first);
    for (Entry entry : entries) {
      int size = entry.type().size();
      long count = (entry.end() - entry.begin()) / size;
      // A storage of its own for each, called by the place of its first byte.
      TorchStorage storage =
          new TorchStorage(Long.toString(entry.begin()), entry.type().name(), count, 0);
      TorchTensor tensor = TorchTensor.row(storage, entry.shape().asArray());
      StoredArrays.add(file.toString(), entry.name(), tensor, numbers, arrays, others);
    }
    return new StateDictionary("", arrays, others);
  }

  /**
   * The bytes behind the header.
   *
   * @param first the place of the first of them
   */
  private record Numbers(Path file, long first) implements Storages {

    @Override
    public ByteOrder order() {
      return ByteOrder.LITTLE_ENDIAN;
    }

    @Override
    public InputStream open(String key, long from) throws IOException {
      return FileRegion.open(file, first + Long.parseLong(key) + from);
    }
  }
}
