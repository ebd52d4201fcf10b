package org.kt4j.onnx.translate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.kt4j.onnx.model.Element;
import org.kt4j.onnx.model.OnnxTensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.NodeDef;

/** Operations of detectors: parts of maps, and the choice among boxes. */
final class RegionOperations {

  private static final String CROP = "CropAndResize";

  /** What stands for the score of a box that is not chosen. */
  private static final float NOT_CHOSEN = -Float.MAX_VALUE;

  private RegionOperations() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("MirrorPad", RegionOperations::mirrorPad);
    rules.put(CROP, (to, node) -> crop(to, node, 1, node));
    rules.put("CombinedNonMaxSuppression", RegionOperations::suppress);
  }

  private static void mirrorPad(Translation to, NodeDef node) {
    long[] sides = to.wholeNumbers(node, 1);
    String mode = node.getAttrOrThrow("mode").getS().toStringUtf8();
    if (mode.equals("SYMMETRIC") && Arrays.stream(sides).anyMatch(side -> side > 1)) {
      throw Untranslatable.because(
          node.getOp(), node.getName(), "repeats more than the border of its input");
    }
    boolean first = to.tensor(node.getInput(0)).isChannelsFirst();
    String name = Translation.called(node);
    String output =
        to.emit(
            "Pad",
            name,
            List.of(
                first ? to.channelsFirst(node.getInput(0)) : to.plain(node.getInput(0)),
                to.constant(name + ".pads", OnnxTensor.longs(ImageOperations.pads(sides, first)))),
            // One more of the border is what is there already.
            Map.of("mode", mode.equals("SYMMETRIC") ? "edge" : "reflect"));
    Shape shape = to.shape(node.getName());
    to.put(node, first ? Forms.channelsFirst(output, shape) : Forms.plain(output, shape));
  }

  /**
   * Whether an average is that of the samples of a cut, so that both are one operation.
   *
   * @param window of the pooling, which is also its stride
   */
  static boolean isPooledCrop(Translation to, NodeDef pooling, List<Long> window) {
    NodeDef below = to.node(pooling.getInput(0));
    if (!below.getOp().equals(CROP) || !to.isReadOnce(below)) {
      return false;
    }
    long side = window.get(1);
    return List.of(1L, side, side, 1L).equals(window)
        && Arrays.stream(to.wholeNumbers(below, 3)).allMatch(size -> size % side == 0);
  }

  /** An average of the samples of a cut. */
  static void pooledCrop(Translation to, NodeDef pooling, List<Long> window) {
    crop(to, to.node(pooling.getInput(0)), window.get(1), pooling);
  }

  /**
   * Samples at regular places of regions. TensorFlow is told the places of the first and the last
   * one as shares of the map, ONNX the edges of the region, of which samples are the centres of
   * equal parts: half a step further out. Within the map, and up to a cell beyond its border if it
   * is repeated there, both are the same.
   *
   * @param each of how many samples in each direction the mean is taken
   */
  private static void crop(Translation to, NodeDef node, long each, NodeDef result) {
    if (node.containsAttr("method")
        && !node.getAttrOrThrow("method").getS().toStringUtf8().equals("bilinear")) {
      throw Untranslatable.because(
          node.getOp(), node.getName(), "takes the nearest pixel instead of interpolating");
    }
    String name = Translation.called(result);
    Shape map = to.shape(node.getInput(0));
    long[] samples = to.wholeNumbers(node, 3);
    float[] edges = new float[16]; // [yMin, xMin, yMax, xMax] to [xMin, yMin, xMax, yMax]
    for (int axis = 0; axis < 2; axis++) {
      long cells = map.get(axis + 1);
      if (cells == Shape.UNKNOWN_SIZE || samples[axis] < 2) {
        throw Untranslatable.because(
            node.getOp(),
            node.getName(),
            "needs a map of known size and two samples or more in each direction");
      }
      double half = 0.5 / (samples[axis] - 1);
      int low = 1 - axis;
      int high = 3 - axis;
      edges[4 * axis + low] = (float) ((cells - 1) * (1 + half));
      edges[4 * (axis + 2) + low] = (float) ((cells - 1) * -half);
      edges[4 * axis + high] = (float) ((cells - 1) * -half);
      edges[4 * (axis + 2) + high] = (float) ((cells - 1) * (1 + half));
    }
    String scaled =
        to.emit(
            "MatMul",
            name + "/scaled",
            List.of(
                to.plain(node.getInput(1)),
                to.constant(name + ".edges", OnnxTensor.floats(List.of(4L, 4L), edges))));
    String regions =
        to.emit(
            "Add",
            name + "/regions",
            List.of(scaled, to.constant(name + ".centre", OnnxTensor.scalar(0.5f))));
    String output =
        to.emit(
            "RoiAlign",
            name,
            List.of(
                to.channelsFirst(node.getInput(0)),
                regions,
                ShapeOperations.longs(to, node.getInput(2))),
            Map.of(
                "mode",
                "avg",
                "output_height",
                samples[0] / each,
                "output_width",
                samples[1] / each,
                "sampling_ratio",
                each,
                "spatial_scale",
                1f,
                "coordinate_transformation_mode",
                "half_pixel"));
    to.put(result, Forms.channelsFirst(output, to.shape(result.getName())));
  }

  /**
   * The best boxes of each picture without those that overlap a better one of their class. Of equal
   * scores the first class counts as the better one, then the first box; TensorFlow does not say
   * which it takes.
   */
  private static void suppress(Translation to, NodeDef node) {
    String name = Translation.called(node);
    Shape boxesShape = to.shape(node.getInput(0)); // [B, P, 1 or K, 4]
    long boxes = boxesShape.get(1);
    long classes = to.shape(node.getInput(1)).get(2); // [B, P, K]
    if (boxes == Shape.UNKNOWN_SIZE || classes == Shape.UNKNOWN_SIZE) {
      throw Untranslatable.because(
          node.getOp(), node.getName(), "needs a known number of boxes and classes");
    }
    boolean own = boxesShape.get(2) > 1; // boxes of each class
    long all = boxes * classes;
    long most = to.wholeNumbers(node, 3)[0];
    long size = flag(node, "pad_per_class", false) ? Math.min(most, all(to, node, classes)) : most;

    String scores =
        to.emit(
            "Transpose",
            name + "/scores",
            List.of(to.plain(node.getInput(1))),
            Map.of("perm", List.of(0L, 2L, 1L))); // [B, K, P]
    String turned =
        to.emit(
            "Transpose",
            name + "/boxes",
            List.of(to.plain(node.getInput(0))),
            Map.of("perm", List.of(0L, 2L, 1L, 3L))); // [B, 1 or K, P, 4]
    // Where each class has boxes of its own, a class of a picture is what ONNX calls a picture.
    String chosen =
        to.emit(
            "NonMaxSuppression",
            name,
            List.of(
                shaped(to, name + "/boxes/3d", turned, -1, boxes, 4),
                own ? shaped(to, name + "/scores/3d", scores, -1, 1, boxes) : scores,
                to.constant(name + ".most_of_class", OnnxTensor.longs(to.wholeNumbers(node, 2)[0])),
                one(to, node, 4, name + ".overlap"),
                one(to, node, 5, name + ".threshold")),
            Map.of("center_point_box", 0L)); // [S, 3]: picture, class, box
    String places =
        to.emit(
            "ReduceSum",
            name + "/places",
            List.of(
                to.emit(
                    "Mul",
                    name + "/steps",
                    List.of(
                        chosen,
                        to.constant(
                            name + ".steps", OnnxTensor.longs(own ? boxes : all, boxes, 1)))),
                to.constant(name + ".axis", OnnxTensor.longs(1))),
            Map.of("keepdims", 0L)); // [S]

    String flat = shaped(to, name + "/scores/flat", scores, -1); // [B K P]
    String none =
        to.emit(
            "Expand",
            name + "/none",
            List.of(
                to.constant(name + ".none", OnnxTensor.scalar(NOT_CHOSEN)),
                to.emit("Shape", name + "/count", List.of(flat))));
    String left =
        to.emit(
            "ScatterElements",
            name + "/left",
            List.of(none, places, to.emit("Gather", name + "/chosen", List.of(flat, places))));
    List<String> best =
        to.emit(
            "TopK",
            name + "/best",
            List.of(
                shaped(to, name + "/left/2d", left, -1, all),
                to.constant(name + ".most", OnnxTensor.longs(Math.min(size, all)))),
            Map.of("axis", -1L, "largest", 1L, "sorted", 1L),
            2); // [B, M]
    String valid =
        to.emit(
            "Greater",
            name + "/valid",
            List.of(best.get(0), to.constant(name + ".not_chosen", OnnxTensor.scalar(NOT_CHOSEN))));
    String perClass = to.constant(name + ".boxes_of_class", OnnxTensor.longs(boxes));
    String label = to.emit("Div", name + "/class", List.of(best.get(1), perClass));
    String box = own ? best.get(1) : to.emit("Mod", name + "/box", List.of(best.get(1), perClass));
    String found =
        to.emit(
            "GatherND",
            name + "/found",
            List.of(
                shaped(to, name + "/boxes/of_picture", turned, -1, own ? all : boxes, 4),
                unsqueezed(to, name + "/indices", box)),
            Map.of("batch_dims", 1L)); // [B, M, 4]
    if (flag(node, "clip_boxes", true)) {
      found =
          to.emit(
              "Clip",
              name + "/clipped",
              List.of(
                  found,
                  to.constant(name + ".low", OnnxTensor.scalar(0f)),
                  to.constant(name + ".high", OnnxTensor.scalar(1f))));
    }
    long missing = size - Math.min(size, all);
    String isBox = unsqueezed(to, name + "/valid/boxes", valid);
    put(
        to,
        node,
        0,
        padded(to, name + "/boxes/padded", masked(to, name, isBox, found), missing, 3));
    put(
        to,
        node,
        1,
        padded(to, name + "/scores/padded", masked(to, name, valid, best.get(0)), missing, 2));
    String number =
        to.emit("Cast", name + "/label", List.of(label), Map.of("to", code(Element.FLOAT)));
    put(
        to,
        node,
        2,
        padded(to, name + "/labels/padded", masked(to, name, valid, number), missing, 2));
    String counted =
        to.emit("Cast", name + "/valid/int", List.of(valid), Map.of("to", code(Element.INT32)));
    put(
        to,
        node,
        3,
        to.emit(
            "ReduceSum",
            name + "/number",
            List.of(counted, to.constant(name + ".of_picture", OnnxTensor.longs(1))),
            Map.of("keepdims", 0L)));
  }

  /** As many as there may be if each class has the most that it may have. */
  private static long all(Translation to, NodeDef node, long classes) {
    return Math.multiplyExact(to.wholeNumbers(node, 2)[0], classes);
  }

  private static boolean flag(NodeDef node, String name, boolean usual) {
    return node.containsAttr(name) ? node.getAttrOrThrow(name).getB() : usual;
  }

  private static long code(Element type) {
    return type.code();
  }

  private static void put(Translation to, NodeDef node, int index, String output) {
    to.put(node, index, Forms.plain(output, to.shape(node.getName() + ":" + index)));
  }

  private static String shaped(Translation to, String name, String input, long... sizes) {
    return to.emit(
        "Reshape", name, List.of(input, to.constant(name + ".shape", OnnxTensor.longs(sizes))));
  }

  private static String unsqueezed(Translation to, String name, String input) {
    return to.emit(
        "Unsqueeze", name, List.of(input, to.constant(name + ".axes", OnnxTensor.longs(-1))));
  }

  /** A constant with the axis that ONNX wants. */
  private static String one(Translation to, NodeDef node, int input, String name) {
    return to.constant(name, OnnxTensor.floats(List.of(1L), to.constant(node, input).floats()[0]));
  }

  private static String masked(Translation to, String name, String valid, String values) {
    return to.emit(
        "Where",
        values + "/masked",
        List.of(valid, values, to.constant(name + ".nothing", OnnxTensor.scalar(0f))));
  }

  /** With zeros behind the last one of the second axis. */
  private static String padded(Translation to, String name, String values, long missing, int rank) {
    if (missing == 0) {
      return values;
    }
    List<Long> sides = new ArrayList<>();
    for (int side = 0; side < 2 * rank; side++) {
      sides.add(side == rank + 1 ? missing : 0L);
    }
    return to.emit(
        "Pad",
        name,
        List.of(
            values,
            to.constant(
                name + ".pads",
                OnnxTensor.longs(sides.stream().mapToLong(Long::longValue).toArray()))));
  }
}
