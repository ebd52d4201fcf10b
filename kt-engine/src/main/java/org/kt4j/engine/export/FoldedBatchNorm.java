package org.kt4j.engine.export;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.graph.TensorName;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Batch normalisation multiplied into the convolution below it. With running statistics it is
 * linear in each channel, so
 *
 * <pre>
 * s  = scale / sqrt(variance + epsilon)
 * w' = w s                              the kernel of each output channel times its s
 * b' = offset + (b - mean) s            b is the convolution's bias, if it has one
 * </pre>
 *
 * and two operations become a convolution and a bias. Where something else reads what is between
 * them, or there is no convolution below, as in pre-activation networks, it stays.
 */
public final class FoldedBatchNorm {

  private static final String BATCH_NORM = "FusedBatchNormV3";
  private static final String BIAS_ADD = "BiasAdd";
  private static final Set<String> CONVOLUTIONS = Set.of("Conv2D", "DepthwiseConv2dNative");

  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private final Map<String, NodeDef> replaced = new HashMap<>();
  private final List<NodeDef> added = new ArrayList<>();
  private final Set<String> dropped = new HashSet<>();
  private int count;

  private FoldedBatchNorm(GraphDef graph, List<String> outputs) {
    for (NodeDef node : graph.getNodeList()) {
      nodes.put(node.getName(), node);
      node.getInputList().forEach(this::read);
    }
    outputs.forEach(this::read);
  }

  private void read(String input) {
    readers.merge(TensorName.parse(input).operation(), 1, Integer::sum);
  }

  /**
   * What folding made of a graph.
   *
   * @param graph that computes the same, up to rounding
   * @param count of the normalisations that are gone
   */
  public record Result(GraphDef graph, int count) {}

  /**
   * Folds what can be folded. Operations keep their names.
   *
   * @param graph with constants for its variables
   * @param outputs names of operations that are read from outside
   */
  public static Result of(GraphDef graph, List<String> outputs) {
    FoldedBatchNorm folding = new FoldedBatchNorm(graph, outputs);
    for (NodeDef node : graph.getNodeList()) {
      if (node.getOp().equals(BATCH_NORM)) {
        folding.fold(node);
      }
    }
    GraphDef.Builder result = graph.toBuilder().clearNode();
    for (NodeDef node : graph.getNodeList()) {
      if (!folding.dropped.contains(node.getName())) {
        result.addNode(folding.replaced.getOrDefault(node.getName(), node));
      }
    }
    folding.added.forEach(result::addNode);
    return new Result(result.build(), folding.count);
  }

  /** The normalisations in a graph. */
  public static int count(GraphDef graph) {
    return (int)
        graph.getNodeList().stream().filter(node -> node.getOp().equals(BATCH_NORM)).count();
  }

  private void fold(NodeDef norm) {
    NodeDef below = onlyReadHere(norm.getInput(0));
    NodeDef biasAdd = null;
    float[] bias = null;
    if (below != null && below.getOp().equals(BIAS_ADD)) {
      biasAdd = below;
      bias = numbers(below.getInput(1));
      below = bias == null ? null : onlyReadHere(below.getInput(0));
    }
    if (below == null || !CONVOLUTIONS.contains(below.getOp())) {
      return;
    }
    float[] kernel = numbers(below.getInput(1));
    float[] scale = numbers(norm.getInput(1));
    float[] offset = numbers(norm.getInput(2));
    float[] mean = numbers(norm.getInput(3));
    float[] variance = numbers(norm.getInput(4));
    if (kernel == null || scale == null || offset == null || mean == null || variance == null) {
      return;
    }
    double epsilon = norm.getAttrOrThrow("epsilon").getF();
    int channels = scale.length;
    float[] foldedKernel = new float[kernel.length];
    float[] foldedBias = new float[channels];
    double[] factor = new double[channels];
    for (int c = 0; c < channels; c++) {
      factor[c] = scale[c] / Math.sqrt(variance[c] + epsilon);
      double shift = (bias == null ? 0 : bias[c]) - mean[c];
      foldedBias[c] = (float) (offset[c] + shift * factor[c]);
    }
    // Output channels are the last axis, as are the input channels of a depthwise kernel, whose own
    // last axis has the length 1.
    for (int i = 0; i < kernel.length; i++) {
      foldedKernel[i] = (float) (kernel[i] * factor[i % channels]);
    }
    String convolution = below.getName();
    String kernelName = convolution + "/folded";
    String biasName = norm.getName() + "/folded";
    Shape kernelShape = ConstantNode.shape(node(below.getInput(1)));
    added.add(ConstantNode.of(kernelName, kernelShape, foldedKernel));
    added.add(ConstantNode.of(biasName, Shape.of(channels), foldedBias));
    replaced.put(convolution, below.toBuilder().setInput(1, kernelName).build());
    replaced.put(
        norm.getName(),
        NodeDef.newBuilder()
            .setName(norm.getName())
            .setOp(BIAS_ADD)
            .addInput(convolution)
            .addInput(biasName)
            .putAttr("T", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build())
            .build());
    if (biasAdd != null) {
      dropped.add(biasAdd.getName());
    }
    count++;
  }

  /** The operation of an input, if nobody else reads it. */
  private @Nullable NodeDef onlyReadHere(String input) {
    String name = TensorName.parse(input).operation();
    return readers.getOrDefault(name, 0) == 1 ? node(name) : null;
  }

  private NodeDef node(String input) {
    NodeDef node = nodes.get(TensorName.parse(input).operation());
    if (node == null) {
      throw new IllegalArgumentException("the graph has no operation '" + input + "'");
    }
    return node;
  }

  private float @Nullable [] numbers(String input) {
    NodeDef node = node(input);
    return ConstantNode.isSingle(node) ? ConstantNode.numbers(node) : null;
  }
}
