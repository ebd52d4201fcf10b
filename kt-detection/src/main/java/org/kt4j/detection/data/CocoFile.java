package org.kt4j.detection.data;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.DataException;
import org.kt4j.engine.json.Json;

/**
 * What is needed of a JSON file of COCO; outlines and captions are passed over.
 *
 * @param images the pictures
 * @param annotations the objects
 * @param categories the classes
 */
record CocoFile(
    @Nullable List<Image> images,
    @Nullable List<Annotation> annotations,
    @Nullable List<Category> categories) {

  /**
   * A picture.
   *
   * @param id that objects refer to
   * @param fileName in the folder of the pictures
   * @param height rows; absent or 0 where it is not known
   * @param width columns; absent or 0 where it is not known
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Image(
      @Nullable Long id,
      @Nullable String fileName,
      @Nullable Integer height,
      @Nullable Integer width) {}

  /**
   * An object.
   *
   * @param id for messages
   * @param imageId the picture's
   * @param categoryId the class's
   * @param bbox left edge, upper edge, width and height in pixels
   * @param iscrowd 1 for a group of objects that are not told apart
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Annotation(
      @Nullable Long id,
      @Nullable Long imageId,
      @Nullable Long categoryId,
      @Nullable List<Double> bbox,
      @Nullable Integer iscrowd) {}

  /**
   * A class.
   *
   * @param id that objects refer to
   * @param name of the class
   */
  record Category(@Nullable Long id, @Nullable String name) {}

  /**
   * Reads a file.
   *
   * @param data the data set's name, for messages
   * @throws DataException when it does not exist or is no such JSON
   */
  static CocoFile read(String data, Path file) {
    if (!Files.isRegularFile(file)) {
      throw new DataException(
          data + ": " + file + " does not exist; expected: annotations as JSON of COCO");
    }
    try {
      return Json.read(file, CocoFile.class);
    } catch (IOException e) {
      throw new DataException(
          data + ": " + file + " cannot be read as JSON of COCO: " + e.getMessage(), e);
    }
  }
}
