package org.kt4j.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.onnx.model.Element;
import org.kt4j.onnx.model.OnnxGraph;
import org.kt4j.onnx.model.OnnxNode;
import org.kt4j.onnx.model.OnnxPort;
import org.kt4j.onnx.model.OnnxTensor;

/**
 * The form of a model that DJL's own translator can use with its ONNX engine alone: from one
 * picture to one output. That engine has no operation that would make a batch of a picture, and the
 * translator refuses a second output.
 */
final class PictureModel {

  private static final String PICTURE = "picture";
  private static final String BATCH = "picture.batch";
  private static final String NUMBERS = "picture.numbers";

  private PictureModel() {}

  /**
   * Makes it.
   *
   * @param model from one input of pictures, uint8 or float32 {@code [B, h, w, C]}
   * @param output the one that is kept
   * @return from {@value #PICTURE}, uint8 {@code [h, w, C]}, to that output of a batch of one
   */
  static OnnxGraph of(OnnxGraph model, String output) {
    OnnxPort images = model.inputs().get(0);
    List<String> sizes = sizes(images);
    OnnxGraph graph = new OnnxGraph(model.name());
    graph.inputs().add(new OnnxPort(PICTURE, Element.UINT8, sizes.subList(1, sizes.size())));
    for (OnnxPort port : model.outputs()) {
      if (port.name().equals(output)) {
        List<String> ofOne = new ArrayList<>(sizes(port));
        ofOne.set(0, "1");
        graph.outputs().add(new OnnxPort(output, port.type(), ofOne));
      }
    }
    graph.initializers().putAll(model.initializers());
    graph.initializers().put(BATCH + ".axis", OnnxTensor.longs(0));
    boolean isBytes = images.type() == Element.UINT8;
    graph
        .nodes()
        .add(
            node(
                "Unsqueeze",
                isBytes ? images.name() : BATCH,
                List.of(PICTURE, BATCH + ".axis"),
                null));
    if (!isBytes) {
      graph.initializers().put(NUMBERS + ".largest", OnnxTensor.scalar(255));
      graph.nodes().add(node("Cast", NUMBERS, List.of(BATCH), Element.FLOAT));
      graph.nodes().add(node("Div", images.name(), List.of(NUMBERS, NUMBERS + ".largest"), null));
    }
    graph.nodes().addAll(needed(model, output));
    graph.removeUnread();
    return graph;
  }

  private static List<String> sizes(OnnxPort port) {
    List<String> sizes = port.sizes();
    if (sizes == null) {
      throw new IllegalArgumentException(port.name() + ": has no shape");
    }
    return sizes;
  }

  private static OnnxNode node(String op, String name, List<String> inputs, @Nullable Element to) {
    return new OnnxNode(
        op, name, inputs, List.of(name), to == null ? Map.of() : Map.of("to", (long) to.code()));
  }

  /** The operations that an output depends on, in their order. */
  private static List<OnnxNode> needed(OnnxGraph model, String output) {
    Set<String> read = new HashSet<>(Set.of(output));
    List<OnnxNode> nodes = new ArrayList<>(model.nodes());
    Collections.reverse(nodes);
    List<OnnxNode> needed = new ArrayList<>();
    for (OnnxNode node : nodes) {
      if (node.outputs().stream().anyMatch(read::contains)) {
        needed.add(node);
        read.addAll(node.inputs());
        for (Object attribute : node.attributes().values()) {
          if (attribute instanceof OnnxGraph branch) {
            read.addAll(branch.read());
          }
        }
      }
    }
    Collections.reverse(needed);
    return needed;
  }
}
