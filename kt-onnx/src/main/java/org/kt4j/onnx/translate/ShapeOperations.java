package org.kt4j.onnx.translate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.kt4j.onnx.model.Element;
import org.kt4j.onnx.model.OnnxGraph;
import org.kt4j.onnx.model.OnnxPort;
import org.kt4j.onnx.model.OnnxTensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** Operations that move numbers and change axes, and the choice between two branches. */
final class ShapeOperations {

  private ShapeOperations() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("Shape", ShapeOperations::shape);
    rules.put("Reshape", ShapeOperations::reshape);
    rules.put("Transpose", ShapeOperations::transpose);
    rules.put("ConcatV2", ShapeOperations::concat);
    rules.put("Slice", ShapeOperations::slice);
    rules.put("StridedSlice", ShapeOperations::stridedSlice);
    rules.put("Squeeze", ShapeOperations::squeeze);
    rules.put("ExpandDims", ShapeOperations::expandDims);
    rules.put("Pack", ShapeOperations::pack);
    rules.put("Range", ShapeOperations::range);
    rules.put("GatherV2", ShapeOperations::gather);
    rules.put("Switch", ShapeOperations::switched);
    rules.put("Merge", ShapeOperations::merge);
    rules.put("All", ShapeOperations::all);
    rules.put("Min", (to, node) -> reduce(to, node, "ReduceMin"));
    rules.put("Max", (to, node) -> reduce(to, node, "ReduceMax"));
    rules.put("Sum", ShapeOperations::sum);
    rules.put("TopKV2", ShapeOperations::topK);
    rules.put("Unpack", ShapeOperations::unpack);
    rules.put("Tile", ShapeOperations::tile);
    rules.put("ZerosLike", ShapeOperations::zerosLike);
  }

  private static void plain(Translation to, NodeDef node, String op) {
    List<String> inputs = node.getInputList().stream().map(to::plain).toList();
    put(to, node, to.emit(op, Translation.called(node), inputs));
  }

  /**
   * Whole numbers in 64 bits: where ONNX Runtime 1.24 and later know a size beforehand, they take
   * it for a number of 64 bits, whatever it was cast to, and refuse a range of it and others.
   */
  private static void range(Translation to, NodeDef node) {
    if (type(node, "Tidx", DataType.DT_INT32) != DataType.DT_INT32) {
      plain(to, node, "Range");
      return;
    }
    String name = Translation.called(node);
    List<String> inputs = node.getInputList().stream().map(input -> longs(to, input)).toList();
    String range = to.emit("Range", name, inputs);
    put(to, node, to.emit("Cast", name + "/int", List.of(range), to(Element.INT32)));
  }

  private static void put(Translation to, NodeDef node, String output) {
    to.put(node, Forms.plain(output, to.shape(node.getName())));
  }

  private static Map<String, Object> to(Element type) {
    return Map.of("to", (long) type.code());
  }

  private static DataType type(NodeDef node, String attribute, DataType usual) {
    return node.getAttrOrDefault(attribute, AttrValue.newBuilder().setType(usual).build())
        .getType();
  }

  /** As whole numbers of 64 bits, which axes and sizes have to be in ONNX. */
  static String longs(Translation to, String input) {
    OnnxTensor value = to.value(input);
    String name = to.plain(input);
    if (value == null) {
      return to.emit("Cast", name + "/long", List.of(name), to(Element.INT64));
    }
    long[] numbers =
        value.type() == Element.INT64
            ? value.longs()
            : Arrays.stream(value.ints()).asLongStream().toArray();
    return to.constant(name + "/long", OnnxTensor.longs(value.sizes(), numbers));
  }

  private static void shape(Translation to, NodeDef node) {
    String name = Translation.called(node);
    String sizes = to.emit("Shape", name, List.of(to.plain(node.getInput(0))));
    Element type = Elements.of(type(node, "out_type", DataType.DT_INT32));
    put(
        to,
        node,
        type == Element.INT64 ? sizes : to.emit("Cast", name + "/int", List.of(sizes), to(type)));
  }

  private static void reshape(Translation to, NodeDef node) {
    put(
        to,
        node,
        to.emit(
            "Reshape",
            Translation.called(node),
            List.of(to.plain(node.getInput(0)), longs(to, node.getInput(1))),
            Map.of("allowzero", 1L)));
  }

  private static void transpose(Translation to, NodeDef node) {
    List<Long> order = Arrays.stream(to.wholeNumbers(node, 1)).boxed().toList();
    String input = node.getInput(0);
    if (order.equals(Translation.TO_CHANNELS_FIRST) && to.tensor(input).isChannelsFirst()) {
      put(to, node, to.channelsFirst(input));
      return;
    }
    put(
        to,
        node,
        to.emit(
            "Transpose",
            Translation.called(node),
            List.of(to.plain(input)),
            Map.of("perm", order)));
  }

  private static void concat(Translation to, NodeDef node) {
    int count = node.getInputCount() - 1;
    Shape shape = to.shape(node.getName());
    long axis = Math.floorMod(to.wholeNumbers(node, count)[0], shape.numDimensions());
    List<String> inputs = node.getInputList().subList(0, count);
    boolean first =
        shape.numDimensions() == 4
            && inputs.stream().allMatch(input -> to.tensor(input).isChannelsFirst());
    long[] places = {0, 2, 3, 1}; // of TensorFlow's axes, with the channels first
    String output =
        to.emit(
            "Concat",
            Translation.called(node),
            inputs.stream().map(first ? to::channelsFirst : to::plain).toList(),
            Map.of("axis", first ? places[Math.toIntExact(axis)] : axis));
    to.put(node, first ? Forms.channelsFirst(output, shape) : Forms.plain(output, shape));
  }

  private static void slice(Translation to, NodeDef node) {
    String name = Translation.called(node);
    int rank = to.shape(node.getInput(0)).numDimensions();
    OnnxTensor size = to.value(node.getInput(2));
    String start = longs(to, node.getInput(1));
    String axes =
        to.constant(name + ".axes", OnnxTensor.longs(LongStream.range(0, rank).toArray()));
    String end;
    OnnxTensor begin = to.value(node.getInput(1));
    if (size != null && begin != null) {
      long[] from = to.wholeNumbers(node, 1);
      long[] sizes = to.wholeNumbers(node, 2);
      end =
          to.constant(
              name + ".ends",
              OnnxTensor.longs(
                  IntStream.range(0, rank)
                      .mapToLong(i -> sizes[i] < 0 ? Long.MAX_VALUE : from[i] + sizes[i])
                      .toArray()));
    } else {
      end = to.emit("Add", name + "/ends", List.of(start, longs(to, node.getInput(2))));
    }
    put(to, node, to.emit("Slice", name, List.of(to.plain(node.getInput(0)), start, end, axes)));
  }

  private static void stridedSlice(Translation to, NodeDef node) {
    String name = Translation.called(node);
    for (String mask : List.of("ellipsis_mask", "new_axis_mask")) {
      if (node.containsAttr(mask) && node.getAttrOrThrow(mask).getI() != 0) {
        throw Untranslatable.because(node.getOp(), node.getName(), "has a " + mask);
      }
    }
    long[] begin = to.wholeNumbers(node, 1);
    long[] end = to.wholeNumbers(node, 2);
    long[] steps = to.wholeNumbers(node, 3);
    long shrunk = mask(node, "shrink_axis_mask");
    List<Long> gone = new ArrayList<>();
    for (int axis = 0; axis < begin.length; axis++) {
      boolean single = (shrunk >> axis & 1) == 1;
      if (single) {
        gone.add((long) axis);
        end[axis] = begin[axis] == -1 ? Long.MAX_VALUE : begin[axis] + 1;
      } else {
        if ((mask(node, "begin_mask") >> axis & 1) == 1) {
          begin[axis] = steps[axis] > 0 ? 0 : Long.MAX_VALUE;
        }
        if ((mask(node, "end_mask") >> axis & 1) == 1) {
          end[axis] = steps[axis] > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
        }
      }
    }
    String sliced =
        to.emit(
            "Slice",
            gone.isEmpty() ? name : name + "/slice",
            List.of(
                to.plain(node.getInput(0)),
                to.constant(name + ".starts", OnnxTensor.longs(begin)),
                to.constant(name + ".ends", OnnxTensor.longs(end)),
                to.constant(
                    name + ".axes", OnnxTensor.longs(LongStream.range(0, begin.length).toArray())),
                to.constant(name + ".steps", OnnxTensor.longs(steps))));
    put(to, node, gone.isEmpty() ? sliced : squeezed(to, name, sliced, gone));
  }

  private static long mask(NodeDef node, String name) {
    return node.containsAttr(name) ? node.getAttrOrThrow(name).getI() : 0;
  }

  private static String squeezed(Translation to, String name, String input, List<Long> axes) {
    return to.emit(
        "Squeeze",
        name,
        List.of(
            input,
            to.constant(
                name + ".squeezed",
                OnnxTensor.longs(axes.stream().mapToLong(Long::longValue).toArray()))));
  }

  private static void squeeze(Translation to, NodeDef node) {
    List<Long> axes = node.getAttrOrThrow("squeeze_dims").getList().getIList();
    Shape shape = to.shape(node.getInput(0));
    List<Long> gone =
        axes.isEmpty()
            ? LongStream.range(0, shape.numDimensions())
                .filter(axis -> shape.get(Math.toIntExact(axis)) == 1)
                .boxed()
                .toList()
            : axes;
    put(to, node, squeezed(to, Translation.called(node), to.plain(node.getInput(0)), gone));
  }

  private static void expandDims(Translation to, NodeDef node) {
    String name = Translation.called(node);
    put(
        to,
        node,
        to.emit(
            "Unsqueeze",
            name,
            List.of(
                to.plain(node.getInput(0)),
                to.constant(name + ".axes", OnnxTensor.longs(to.wholeNumbers(node, 1)[0])))));
  }

  private static void pack(Translation to, NodeDef node) {
    String name = Translation.called(node);
    long axis = node.containsAttr("axis") ? node.getAttrOrThrow("axis").getI() : 0;
    String axes = to.constant(name + ".axes", OnnxTensor.longs(axis));
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < node.getInputCount(); i++) {
      parts.add(to.emit("Unsqueeze", name + "/" + i, List.of(to.plain(node.getInput(i)), axes)));
    }
    put(to, node, to.emit("Concat", name, parts, Map.of("axis", axis)));
  }

  private static void gather(Translation to, NodeDef node) {
    long axis = to.wholeNumbers(node, 2)[0];
    long batch = node.containsAttr("batch_dims") ? node.getAttrOrThrow("batch_dims").getI() : 0;
    List<String> inputs = List.of(to.plain(node.getInput(0)), to.plain(node.getInput(1)));
    String name = Translation.called(node);
    if (batch == 0) {
      put(to, node, to.emit("Gather", name, inputs, Map.of("axis", axis)));
      return;
    }
    if (batch != axis) {
      throw Untranslatable.because(
          node.getOp(), node.getName(), "gathers along another axis than the first of no batch");
    }
    String indices =
        to.emit(
            "Unsqueeze",
            name + "/indices",
            List.of(
                longs(to, node.getInput(1)), to.constant(name + ".last", OnnxTensor.longs(-1L))));
    put(
        to,
        node,
        to.emit("GatherND", name, List.of(inputs.get(0), indices), Map.of("batch_dims", batch)));
  }

  private static void all(Translation to, NodeDef node) {
    // The smallest of whole numbers 0 and 1; ONNX has no reduction of truth values.
    String name = Translation.called(node);
    String numbers =
        to.emit("Cast", name + "/int", List.of(to.plain(node.getInput(0))), to(Element.INT32));
    String smallest = reduced(to, node, "ReduceMin", name + "/min", numbers);
    put(to, node, to.emit("Cast", name, List.of(smallest), to(Element.BOOL)));
  }

  private static void reduce(Translation to, NodeDef node, String op) {
    put(to, node, reduced(to, node, op, Translation.called(node), to.plain(node.getInput(0))));
  }

  private static String reduced(
      Translation to, NodeDef node, String op, String name, String input) {
    List<Long> axes = Arrays.stream(to.wholeNumbers(node, 1)).boxed().toList();
    return to.emit(op, name, List.of(input), Map.of("axes", axes, "keepdims", kept(node)));
  }

  private static long kept(NodeDef node) {
    return node.containsAttr("keep_dims") && node.getAttrOrThrow("keep_dims").getB() ? 1 : 0;
  }

  private static void sum(Translation to, NodeDef node) {
    // The only reduction of its version of ONNX whose axes are an input.
    String name = Translation.called(node);
    String axes = to.constant(name + ".axes", OnnxTensor.longs(to.wholeNumbers(node, 1)));
    List<String> inputs = List.of(to.plain(node.getInput(0)), axes);
    put(to, node, to.emit("ReduceSum", name, inputs, Map.of("keepdims", kept(node))));
  }

  /** Of equal numbers both take the first. */
  private static void topK(Translation to, NodeDef node) {
    String name = Translation.called(node);
    long count = to.wholeNumbers(node, 1)[0];
    List<String> results =
        to.emit(
            "TopK",
            name,
            List.of(
                to.plain(node.getInput(0)), to.constant(name + ".count", OnnxTensor.longs(count))),
            Map.of("axis", -1L, "largest", 1L, "sorted", 1L),
            2);
    put(to, node, results.get(0));
    Element type = Elements.of(type(node, "index_type", DataType.DT_INT32));
    to.put(
        node,
        1,
        Forms.plain(
            to.emit("Cast", name + "/indices", List.of(results.get(1)), to(type)),
            to.shape(node.getName() + ":1")));
  }

  private static void unpack(Translation to, NodeDef node) {
    String name = Translation.called(node);
    String input = to.plain(node.getInput(0));
    long axis = node.containsAttr("axis") ? node.getAttrOrThrow("axis").getI() : 0;
    for (int i = 0; i < node.getAttrOrThrow("num").getI(); i++) {
      String index = to.constant(name + ".index", OnnxTensor.longs(List.of(), i));
      String part = to.emit("Gather", name + "/" + i, List.of(input, index), Map.of("axis", axis));
      to.put(node, i, Forms.plain(part, to.shape(node.getName() + ":" + i)));
    }
  }

  private static void tile(Translation to, NodeDef node) {
    List<String> inputs = List.of(to.plain(node.getInput(0)), longs(to, node.getInput(1)));
    put(to, node, to.emit("Tile", Translation.called(node), inputs));
  }

  private static void zerosLike(Translation to, NodeDef node) {
    String name = Translation.called(node);
    String sizes = to.emit("Shape", name + "/sizes", List.of(to.plain(node.getInput(0))));
    Element type = Elements.of(type(node, "T", DataType.DT_FLOAT));
    String zeros =
        to.emit("ConstantOfShape", type == Element.FLOAT ? name : name + "/float", List.of(sizes));
    put(to, node, type == Element.FLOAT ? zeros : to.emit("Cast", name, List.of(zeros), to(type)));
  }

  /**
   * The choice between two computations of one tensor: what lies between {@code Switch} and {@code
   * Merge} becomes the branches of an {@code If}.
   */
  private static void merge(Translation to, NodeDef node) {
    if (node.getInputCount() != 2) {
      throw Untranslatable.because(
          node.getOp(), node.getName(), "joins " + node.getInputCount() + " branches");
    }
    Branches.Choice choice = Branches.of(to, node);
    Shape shape = to.shape(node.getName());
    OnnxPort port =
        new OnnxPort(
            "",
            Elements.of(node.getAttrOrThrow("T").getType()),
            IntStream.range(0, shape.numDimensions())
                .mapToObj(
                    axis ->
                        shape.get(axis) < 0
                            ? Translation.called(node) + "_" + axis
                            : Long.toString(shape.get(axis)))
                .toList());
    String name = Translation.called(node);
    String condition = to.plain(choice.condition());
    OnnxGraph yes = to.branch(name + "/then", port, () -> to.plain(choice.whereTrue()));
    OnnxGraph no = to.branch(name + "/else", port, () -> to.plain(choice.whereFalse()));
    put(
        to,
        node,
        to.emit("If", name, List.of(condition), Map.of("then_branch", yes, "else_branch", no)));
  }

  /** Within a branch, what is switched is simply there. */
  private static void switched(Translation to, NodeDef node) {
    to.put(node, 0, to.tensor(node.getInput(0)));
    to.put(node, 1, to.tensor(node.getInput(0)));
  }
}
