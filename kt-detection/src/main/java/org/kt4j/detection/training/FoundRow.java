package org.kt4j.detection.training;

import java.util.ArrayList;
import java.util.List;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.engine.cache.KnowledgeLayout;
import org.kt4j.engine.run.TrainingException;
import org.tensorflow.types.TInt32;

/**
 * What a detector's graph finds in a picture, as a row of numbers: how many objects, then the boxes
 * of as many as it finds at most, their scores, their labels; zeros after the last. Boxes are in
 * pixels of the scaled picture.
 */
final class FoundRow {

  private FoundRow() {}

  /**
   * The numbers of a row.
   *
   * @param most objects in a picture
   */
  static KnowledgeLayout layout(int most) {
    return new KnowledgeLayout(
        List.of(
            new KnowledgeLayout.Part("count", List.of()),
            new KnowledgeLayout.Part("boxes", List.of((long) most, 4L)),
            new KnowledgeLayout.Part("scores", List.of((long) most)),
            new KnowledgeLayout.Part("labels", List.of((long) most))));
  }

  private static int length(int most) {
    return 1 + 6 * most;
  }

  /**
   * Rows of some pictures.
   *
   * @param boxes {@code [B, M, 4]}
   * @param scores {@code [B, M]}
   * @param labels {@code [B, M]}
   * @param counts how many of the M are no padding, {@code [B]}
   * @throws TrainingException when a score or a box is no number
   */
  static float[] of(float[] boxes, float[] scores, float[] labels, TInt32 counts) {
    int size = Math.toIntExact(counts.size());
    int most = scores.length / size;
    float[] rows = new float[size * length(most)];
    for (int i = 0; i < size; i++) {
      int count = counts.getInt(i);
      int at = i * length(most);
      requireFinite(boxes, 4 * i * most, 4 * count);
      requireFinite(scores, i * most, count);
      rows[at] = count;
      System.arraycopy(boxes, 4 * i * most, rows, at + 1, 4 * count);
      System.arraycopy(scores, i * most, rows, at + 1 + 4 * most, count);
      System.arraycopy(labels, i * most, rows, at + 1 + 5 * most, count);
    }
    return rows;
  }

  private static void requireFinite(float[] values, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (!Float.isFinite(values[i])) {
        throw new TrainingException("the detector's boxes are not finite");
      }
    }
  }

  /**
   * What rows say.
   *
   * @param rows one after another
   * @param pictures of the rows
   * @return in pixels of each picture as it is stored
   */
  static List<List<Detection>> detections(float[] rows, List<PictureScaling.Scaled> pictures) {
    List<List<Detection>> all = new ArrayList<>();
    int most = (rows.length / Math.max(1, pictures.size()) - 1) / 6;
    for (int i = 0; i < pictures.size(); i++) {
      int at = i * length(most);
      double factor = pictures.get(i).factor();
      List<Detection> found = new ArrayList<>();
      for (int d = 0; d < (int) rows[at]; d++) {
        int box = at + 1 + 4 * d;
        found.add(
            new Detection(
                new Box(
                    rows[box + 1] / factor,
                    rows[box] / factor,
                    rows[box + 3] / factor,
                    rows[box + 2] / factor),
                (int) rows[at + 1 + 5 * most + d],
                rows[at + 1 + 4 * most + d]));
      }
      all.add(found);
    }
    return all;
  }
}
