package org.kt4j.detection.training;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.evaluation.Detection;

/** Detections of some pictures as bytes, exact to the bit. */
final class DetectionBytes {

  private static final int OF_DETECTION = 5 * Double.BYTES + Integer.BYTES;

  private DetectionBytes() {}

  static byte[] of(List<List<Detection>> pictures) {
    int detections = pictures.stream().mapToInt(List::size).sum();
    ByteBuffer bytes =
        ByteBuffer.allocate(Integer.BYTES * pictures.size() + OF_DETECTION * detections);
    for (List<Detection> picture : pictures) {
      bytes.putInt(picture.size());
      for (Detection each : picture) {
        Box box = each.box();
        bytes.putDouble(box.xMin()).putDouble(box.yMin());
        bytes.putDouble(box.xMax()).putDouble(box.yMax());
        bytes.putDouble(each.score()).putInt(each.label());
      }
    }
    return bytes.array();
  }

  static List<List<Detection>> read(byte[] given) {
    ByteBuffer bytes = ByteBuffer.wrap(given);
    List<List<Detection>> pictures = new ArrayList<>();
    while (bytes.hasRemaining()) {
      int count = bytes.getInt();
      List<Detection> picture = new ArrayList<>();
      for (int d = 0; d < count; d++) {
        Box box =
            new Box(bytes.getDouble(), bytes.getDouble(), bytes.getDouble(), bytes.getDouble());
        double score = bytes.getDouble();
        picture.add(new Detection(box, bytes.getInt(), score));
      }
      pictures.add(picture);
    }
    return pictures;
  }
}
