package org.kt4j.detection.data;

import org.kt4j.api.Description;

/**
 * Options of {@code coco}.
 *
 * @param path the folder that all others are in
 * @param train the annotations to learn from, a JSON file
 * @param heldOut the annotations that checkpoints are selected by, a JSON file
 * @param test the annotations that results are reported on, a JSON file
 * @param trainImages the folder of the pictures of {@code train}
 * @param heldOutImages the folder of the pictures of {@code heldOut}
 * @param testImages the folder of the pictures of {@code test}
 * @param cropSize height and width of an object that is cut out for a classifier; a detector does
 *     not use it
 */
public record CocoOptions(
    @Description("folder that the annotations and the pictures are in") String path,
    @Description("annotations to learn from, a JSON file in path") String train,
    @Description("annotations that checkpoints are selected by, a JSON file in path")
        String heldOut,
    @Description("annotations that results are reported on, a JSON file in path") String test,
    @Description("folder in path with the pictures of train") String trainImages,
    @Description("folder in path with the pictures of held-out") String heldOutImages,
    @Description("folder in path with the pictures of test") String testImages,
    @Description("height and width in pixels of an object cut out for a classifier, 8 to 1024")
        int cropSize) {

  /** Checks the ranges. */
  public CocoOptions {
    FileOptions.require("path", path, "a folder");
    FileOptions.require("train", train, "a JSON file in " + path);
    FileOptions.require("heldOut", heldOut, "a JSON file in " + path);
    FileOptions.require("test", test, "a JSON file in " + path);
    FileOptions.require("trainImages", trainImages, "a folder in " + path);
    FileOptions.require("heldOutImages", heldOutImages, "a folder in " + path);
    FileOptions.require("testImages", testImages, "a folder in " + path);
    ObjectCrops.requireSize(cropSize);
  }
}
