package org.kt4j.detection.drawing;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.ImageFactory;
import ai.djl.modality.cv.output.BoundingBox;
import ai.djl.modality.cv.output.DetectedObjects;
import ai.djl.modality.cv.output.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kt4j.data.Picture;
import org.kt4j.data.PngBytes;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.evaluation.Detection;

/**
 * What was found in a picture, ready to be drawn or handed on as DJL's type.
 *
 * @param picture as it is stored
 * @param found in its pixels, the surest first
 * @param classes names
 */
public record DrawnDetections(Picture picture, List<Detection> found, List<String> classes) {

  /** What was found as DJL has it: boxes in shares of the picture's width and height. */
  public DetectedObjects objects() {
    List<String> names = new ArrayList<>();
    List<Double> scores = new ArrayList<>();
    List<BoundingBox> boxes = new ArrayList<>();
    for (Detection detection : found) {
      Box box = detection.box();
      names.add(classes.get(detection.label()));
      scores.add(detection.score());
      boxes.add(
          new Rectangle(
              box.xMin() / picture.width(),
              box.yMin() / picture.height(),
              box.width() / picture.width(),
              box.height() / picture.height()));
    }
    return new DetectedObjects(names, scores, boxes);
  }

  /**
   * Writes the picture with the boxes drawn in it.
   *
   * @param file a PNG file; replaced when it is there
   */
  public void write(Path file) throws IOException {
    Files.write(file, PngBytes.of(drawn()));
  }

  /** The picture with the boxes drawn in it. */
  public BufferedImage drawn() {
    Image image = image();
    if (!found.isEmpty()) {
      image.drawBoundingBoxes(objects());
    }
    return (BufferedImage) image.getWrappedImage();
  }

  /** The picture as DJL has it, without the boxes; a new copy each time. */
  public Image image() {
    return ImageFactory.getInstance().fromImage(picture.image());
  }
}
