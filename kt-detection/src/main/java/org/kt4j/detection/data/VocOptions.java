package org.kt4j.detection.data;

import java.util.HashSet;
import java.util.List;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * Options of {@code voc}.
 *
 * @param path the folder that holds {@code Annotations}, {@code ImageSets} and {@code JPEGImages}
 * @param train the image set to learn from: a file in {@code ImageSets/Main} without its ending
 * @param heldOut the image set that checkpoints are selected by
 * @param test the image set that results are reported on
 * @param classes the class names in the order of their labels; empty for all that the annotations
 *     of the three image sets hold, sorted
 * @param cropSize height and width of an object that is cut out for a classifier; a detector does
 *     not use it
 */
public record VocOptions(
    @Description("folder with Annotations, ImageSets/Main and JPEGImages") String path,
    @Description("image set to learn from, a name in ImageSets/Main") String train,
    @Description("image set that checkpoints are selected by") String heldOut,
    @Description("image set that results are reported on") String test,
    @Description("class names by label; empty for all in the annotations, sorted")
        List<String> classes,
    @Description("height and width in pixels of an object cut out for a classifier, 8 to 1024")
        int cropSize) {

  /** Checks the ranges. */
  public VocOptions {
    classes = List.copyOf(classes);
    FileOptions.require("path", path, "a folder");
    FileOptions.require("train", train, "the name of an image set");
    FileOptions.require("heldOut", heldOut, "the name of an image set");
    FileOptions.require("test", test, "the name of an image set");
    if (new HashSet<>(classes).size() < classes.size()
        || classes.stream().anyMatch(String::isBlank)) {
      throw new InvalidOptionException("classes", classes, "different names, none of them empty");
    }
    ObjectCrops.requireSize(cropSize);
  }
}
