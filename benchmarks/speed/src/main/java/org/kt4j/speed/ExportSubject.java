package org.kt4j.speed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.classification.export.ClassifierExport;
import org.kt4j.classification.export.ExportedClassifier;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportDetails.CalibrationPictures;
import org.kt4j.engine.export.ExportFormats;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.imagelevel.TrainedNetwork;

/**
 * A network that was exported and loaded again.
 *
 * @param folder of the export
 * @param bytes the size of the file with the model
 * @param session that runs it
 */
record ExportSubject(Path folder, long bytes, ExportedClassifier session) implements AutoCloseable {

  /**
   * Exports.
   *
   * @param folder that is not there yet
   */
  static ExportSubject of(TrainedNetwork classifier, ExportOptions options, Path folder) {
    return of(classifier, options, null, folder);
  }

  /**
   * Exports.
   *
   * @param training pictures for ranges in 8 bits; null where none are needed
   * @param folder that is not there yet
   */
  static ExportSubject of(
      TrainedNetwork classifier,
      ExportOptions options,
      @Nullable ImageDataset training,
      Path folder) {
    ClassifierExport export = ClassifierExport.of(classifier, options);
    long bytes = 0;
    try {
      CalibrationPictures pictures =
          training == null
              ? CalibrationPictures.none("none are needed")
              : CalibrationPictures.of(training);
      export.write(new ExportDetails(Map.of(), pictures), Files.createDirectory(folder));
      for (String file : ExportFormats.in(folder).files()) {
        bytes += Files.size(folder.resolve(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ExportSubject(folder, bytes, ExportedClassifier.open(folder));
  }

  @Override
  public void close() {
    session.close();
  }
}
