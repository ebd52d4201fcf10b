package org.kt4j.engine.teacher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Recognises, by its first bytes, what was often given in place of a model or of weights. */
public final class ForeignFile {

  private static final int START = 64;

  private ForeignFile() {}

  /**
   * What a file is, with the fix, in words that follow "is no such file: "; empty when it is none
   * of the kinds known here.
   */
  public static Optional<String> described(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(START);
    } catch (IOException e) {
      return Optional.empty();
    }
    String start = new String(bytes, StandardCharsets.ISO_8859_1);
    if (bytes.length == 0) {
      return Optional.of("it is empty; fix: copy or download it again");
    }
    if (start.startsWith("version https://git-lfs")) {
      return Optional.of("it is a pointer of Git LFS to the file; fix: git lfs pull");
    }
    String text = start.stripLeading().toLowerCase(Locale.ROOT);
    if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
      return Optional.of("it is a web page (HTML); fix: download the file itself");
    }
    if (start.startsWith("\u0093NUMPY")) {
      return Optional.of(
          "it is an .npy file, one array without a name; fix: numpy.savez(file, **arrays), with one"
              + " array for each parameter");
    }
    if (start.startsWith("\u0089HDF\r\n")) {
      return Optional.of(
          "it is an HDF5 file, as Keras writes; fix: export a SavedModel (model.export(folder)) or"
              + " ONNX (tf2onnx)");
    }
    if (start.startsWith("\u0080\u0002")) {
      return Optional.of(
          "it is a pickle of Python, as old versions of torch.save write; fix: export the model");
    }
    return Optional.empty();
  }
}
