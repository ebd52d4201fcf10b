package org.kt4j.detection.training;

import java.util.List;
import org.kt4j.detection.data.LabelledBox;
import org.kt4j.detection.graph.FasterRcnn;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Pictures of one step, with their objects.
 *
 * @param images uint8 {@code [size, H, W, 3]}
 * @param objects of each picture, in its pixels
 * @param areas height and width of each picture within its padding, {@code [size, 2]}
 * @param indices of the pictures in the data set
 * @param view which of the fixed views they show, or {@link org.kt4j.data.Augmentation#FRESH}
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record DetectionBatch(
    byte[] images, List<List<LabelledBox>> objects, float[] areas, int[] indices, int view) {

  int size() {
    return indices.length;
  }

  /**
   * Feeds a graph of {@link FasterRcnn} with the objects, and with what of the pictures is no
   * padding.
   *
   * @return tensors to be closed after the run
   */
  List<Tensor> into(Session.Runner runner) {
    TFloat32 boxes = TFloat32.tensorOf(StdArrays.ndCopyOf(boxes()));
    TInt32 labels = TInt32.tensorOf(StdArrays.ndCopyOf(labels()));
    TFloat32 within = TFloat32.tensorOf(Shape.of(size(), 2), DataBuffers.of(areas));
    runner
        .feed(FasterRcnn.BOXES, boxes)
        .feed(FasterRcnn.LABELS, labels)
        .feed(FasterRcnn.AREAS, within);
    return List.of(boxes, labels, within);
  }

  /** The most objects of a picture, 1 or more. */
  private int columns() {
    return Math.max(1, objects.stream().mapToInt(List::size).max().orElse(1));
  }

  /** Boxes, padded: {@code [size, columns, 4]}; yMin, xMin, yMax, xMax. */
  float[][][] boxes() {
    float[][][] boxes = new float[size()][columns()][4];
    for (int i = 0; i < size(); i++) {
      for (int g = 0; g < objects.get(i).size(); g++) {
        var box = objects.get(i).get(g).box();
        boxes[i][g] =
            new float[] {
              (float) box.yMin(), (float) box.xMin(), (float) box.yMax(), (float) box.xMax()
            };
      }
    }
    return boxes;
  }

  /**
   * Labels for the graph, {@code [size, columns]}: from 1, 0 is padding, -1 something difficult.
   */
  int[][] labels() {
    int[][] labels = new int[size()][columns()];
    for (int i = 0; i < size(); i++) {
      for (int g = 0; g < objects.get(i).size(); g++) {
        LabelledBox object = objects.get(i).get(g);
        labels[i][g] = object.difficult() ? -1 : object.label() + 1;
      }
    }
    return labels;
  }
}
