package org.kt4j.engine.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.text.NumberFormats;

/**
 * The weights of a student without their zeros, beside the model of its export; see {@link
 * NpzFile#writeSparse}. They are written where a tenth of all numbers or more is 0, as a mask makes
 * them.
 */
public final class SparseWeights {

  /** Its name in the folder of an export. */
  public static final String FILE = "weights-sparse.npz";

  private static final double LEAST = 0.1;

  private SparseWeights() {}

  /**
   * Writes the file, if there are zeros.
   *
   * @return what it saves, in words; empty where nothing was written
   * @throws IOException when it cannot be written
   */
  public static Optional<String> write(Weights weights, Path folder) throws IOException {
    long all = 0;
    long zeros = 0;
    for (Weights.Array array : weights.arrays().values()) {
      all += array.values().length;
      for (float value : array.values()) {
        zeros += value == 0 ? 1 : 0;
      }
    }
    if (zeros < LEAST * all) {
      return Optional.empty();
    }
    Path file = folder.resolve(FILE);
    NpzFile.writeSparse(weights, file);
    return Optional.of(
        String.format(
            Locale.ROOT,
            "%s of %,d weights are 0; %s has %s, all weights as 32-bit numbers %s; the model"
                + " multiplies by the zeros as by other weights, so no engine here computes it"
                + " faster",
            NumberFormats.percent((double) zeros / all),
            all,
            FILE,
            NumberFormats.size(Files.size(file)),
            NumberFormats.size(all * Float.BYTES)));
  }
}
