package org.kt4j.engine.weights;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.experiment.WeightSource;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;

/** The weights that a configuration takes from a file: which of it, and under which names. */
public final class FileWeights implements Supplier<Weights> {

  private final String place;
  private final WeightSource.OfWeights source;
  private final WeightFile file;
  private @Nullable StateDictionary taken;

  private FileWeights(String place, WeightSource.OfWeights source, WeightFile file) {
    this.place = place;
    this.source = source;
    this.file = file;
  }

  /**
   * Opens the file and looks for what is named of it, so that a mistake is found before anything is
   * trained; numbers are read when they are needed.
   *
   * @param place where the file stands in the configuration, for messages
   * @throws WeightsException when it cannot be read
   * @throws org.kt4j.config.ConfigurationException when the names that are given do not suit it
   */
  public static FileWeights of(String place, WeightSource.OfWeights source) {
    FileWeights weights = new FileWeights(place, source, WeightFile.open(source.weights()));
    if (!weights.file.isReadAtOnce() || source.part() != null || !source.otherNames().isEmpty()) {
      weights.taken();
    }
    return weights;
  }

  private StateDictionary taken() {
    StateDictionary known = taken;
    if (known == null) {
      known = file.dictionary(source.part());
      Renaming.renamed(place + ".rename", source.otherNames(), known);
      taken = file.isReadAtOnce() ? null : known;
    }
    return known;
  }

  /** What was taken of the file, in words that follow its name; empty where it is all of it. */
  public String said() {
    StateDictionary known = taken;
    return known == null ? "" : file.said(known);
  }

  @Override
  public Weights get() {
    return Renaming.renamed(place + ".rename", source.otherNames(), taken())
        .weights(source.weights());
  }
}
