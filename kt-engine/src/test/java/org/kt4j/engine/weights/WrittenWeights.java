package org.kt4j.engine.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.kt4j.engine.teacher.Weights;

/** Files of weights of every form, written by the descriptions of these forms. */
final class WrittenWeights {

  private WrittenWeights() {}

  static byte[] floats(float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] long64(long number) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
  }

  /** A safetensors file of a header and what stands behind it. */
  static Path safetensors(Path file, String header, byte[] numbers) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return Files.write(file, joined(long64(text.length), text, numbers));
  }

  /** A safetensors file of arrays. */
  static Path safetensors(Path file, Map<String, Weights.Array> arrays) throws IOException {
    List<String> header = new ArrayList<>();
    ByteArrayOutputStream numbers = new ByteArrayOutputStream();
    for (Map.Entry<String, Weights.Array> each : arrays.entrySet()) {
      int begin = numbers.size();
      numbers.writeBytes(floats(each.getValue().values()));
      header.add(
          String.format(
              Locale.ROOT,
              "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}",
              each.getKey(),
              Arrays.toString(each.getValue().shape().asArray()),
              begin,
              numbers.size()));
    }
    return safetensors(file, "{" + String.join(",", header) + "}  ", numbers.toByteArray());
  }

  /** The pickle of a state dictionary, each array a storage of its own. */
  static byte[] pickle(Map<String, Weights.Array> arrays) {
    PickleWriter pickle =
        PickleWriter.begun().global("collections", "OrderedDict").codes(')', 'R', '(');
    int key = 0;
    for (Map.Entry<String, Weights.Array> each : arrays.entrySet()) {
      long[] sizes = each.getValue().shape().asArray();
      long[] strides = new long[sizes.length];
      long step = 1;
      for (int a = sizes.length - 1; a >= 0; a--) {
        strides[a] = step;
        step *= sizes[a];
      }
      pickle
          .text(each.getKey())
          .tensor("FloatStorage", String.valueOf(key++), step, 0, sizes, strides);
    }
    return pickle.codes('u').ended();
  }

  /** A file of torch.save since 1.6. */
  static Path zip(Path file, Map<String, Weights.Array> arrays) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("data.pkl", pickle(arrays));
    entries.put("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    int key = 0;
    for (Weights.Array array : arrays.values()) {
      entries.put("data/" + key++, floats(array.values()));
    }
    entries.put("version", "3\n".getBytes(StandardCharsets.US_ASCII));
    return zipOf(file, entries);
  }

  /** A ZIP file that stores its entries in a folder of PyTorch. */
  static Path zipOf(Path file, Map<String, byte[]> entries) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> each : entries.entrySet()) {
        ZipEntry entry = new ZipEntry("archive/" + each.getKey());
        CRC32 crc = new CRC32();
        crc.update(each.getValue());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(each.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(each.getValue());
      }
    }
    return file;
  }

  /** A file of torch.save before 1.6. */
  static Path old(Path file, Map<String, Weights.Array> arrays) throws IOException {
    List<byte[]> storages = new ArrayList<>();
    for (Weights.Array array : arrays.values()) {
      storages.add(floats(array.values()));
    }
    return oldOf(file, pickle(arrays), storages);
  }

  /** A file of torch.save before 1.6, with storages of floats under "0", "1", ... */
  static Path oldOf(Path file, byte[] pickle, List<byte[]> storages) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(
        PickleWriter.begun()
            .codes(0x8a, 10, 'l', 0xfc, 0x9c, 'F', 0xf9, ' ', 'j', 0xa8, 'P', 0x19)
            .ended());
    all.writeBytes(PickleWriter.begun().codes('M', 0xe9, 0x03).ended());
    all.writeBytes(
        PickleWriter.begun().codes('}', '(').text("little_endian").codes(0x88, 'u').ended());
    all.writeBytes(pickle);
    PickleWriter keys = PickleWriter.begun().codes(']', '(');
    for (int key = 0; key < storages.size(); key++) {
      keys.text(String.valueOf(key));
    }
    all.writeBytes(keys.codes('e').ended());
    for (byte[] storage : storages) {
      all.writeBytes(long64(storage.length / Float.BYTES));
      all.writeBytes(storage);
    }
    return Files.write(file, all.toByteArray());
  }
}
