package org.kt4j.detection.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.kt4j.data.ReadFault;
import org.kt4j.data.file.FileSteps;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.drawing.DrawnDetections;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.engine.run.TrainingException;

/**
 * Some test pictures with what was found in them, for reports.
 *
 * @param folder where they go
 */
record ExamplePictures(Path folder) {

  private static final int NUMBER = 6;

  /** What is less sure than this is not drawn. */
  private static final double SURE = 0.5;

  /** Takes pictures at regular distances, the same ones for every detector on this data. */
  void write(ScaledPictures pictures, List<List<Detection>> found) {
    DetectionDataset data = pictures.data();
    int number = Math.min(NUMBER, data.size());
    try {
      Files.createDirectories(folder);
      try (Stream<Path> before = Files.list(folder)) {
        for (Path file : before.toList()) {
          FileSteps.delete(file);
        }
      }
      for (int e = 0; e < number; e++) {
        int index = e * data.size() / number;
        List<Detection> sure =
            found.get(index).stream().filter(each -> each.score() >= SURE).toList();
        String name = data.picture(index).replaceAll("[^A-Za-z0-9._-]", "_");
        new DrawnDetections(data.pixels(index), sure, data.classes())
            .write(folder.resolve(name + ".png"));
      }
    } catch (IOException e) {
      throw new TrainingException(
          folder + ": pictures cannot be written: " + ReadFault.reason(e), e);
    }
  }
}
