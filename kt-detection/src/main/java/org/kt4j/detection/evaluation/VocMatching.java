package org.kt4j.detection.evaluation;

import java.util.List;

/**
 * Which detections count as right, as the development kit of PASCAL VOC decides it. A detection
 * looks at the object of its class and picture that it overlaps most, the first one of several. If
 * the overlap, intersection over union, reaches the threshold, it is right when it is the first at
 * this object and wrong when another one was surer; at a difficult object it does not count.
 * Otherwise it is wrong.
 */
final class VocMatching {

  private VocMatching() {}

  /**
   * Precision over recall.
   *
   * @param pictures of one class
   * @param threshold the least overlap, such as 0.5
   */
  static AveragePrecision match(List<ClassPicture> pictures, double threshold) {
    Verdicts verdicts = new Verdicts();
    int objects = 0;
    for (ClassPicture picture : pictures) {
      // Objects are of one picture, so that the order over all pictures does not matter here.
      boolean[] taken = new boolean[picture.objects().size()];
      for (Detection detection : picture.found()) {
        int best = -1;
        double most = 0;
        for (int i = 0; i < taken.length; i++) {
          double overlap = detection.box().iou(picture.objects().get(i).box());
          if (overlap > most) {
            most = overlap;
            best = i;
          }
        }
        if (best < 0 || most < threshold) {
          verdicts.add(detection.score(), false);
        } else if (!picture.objects().get(best).difficult()) {
          verdicts.add(detection.score(), !taken[best]);
          taken[best] = true;
        }
      }
      objects += picture.counted();
    }
    return verdicts.curve(objects);
  }
}
