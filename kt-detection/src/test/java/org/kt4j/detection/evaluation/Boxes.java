package org.kt4j.detection.evaluation;

import java.util.List;
import org.kt4j.detection.data.Box;

/** Short forms for tests. */
final class Boxes {

  private Boxes() {}

  static ClassPicture picture(List<ClassPicture.Target> objects, Detection... found) {
    return new ClassPicture(objects, List.of(found));
  }

  static ClassPicture.Target object(double xMin, double yMin, double xMax, double yMax) {
    return target(new Box(xMin, yMin, xMax, yMax), false);
  }

  static ClassPicture.Target difficult(double xMin, double yMin, double xMax, double yMax) {
    return target(new Box(xMin, yMin, xMax, yMax), true);
  }

  private static ClassPicture.Target target(Box box, boolean difficult) {
    return new ClassPicture.Target(box, difficult, box.area());
  }

  /** The same object with an outline of that area. */
  static ClassPicture.Target withArea(double area, ClassPicture.Target object) {
    return new ClassPicture.Target(object.box(), object.difficult(), area);
  }

  static Detection found(double score, double xMin, double yMin, double xMax, double yMax) {
    return new Detection(new Box(xMin, yMin, xMax, yMax), 0, score);
  }
}
