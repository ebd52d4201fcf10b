package org.kt4j.engine.task;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Split;
import org.kt4j.engine.experiment.NetworkConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A trained network that can be made narrower, and what it is tried on; made by a task. */
public interface PrunableNetwork extends AutoCloseable {

  /** The network in words: {@code resnet-56 from runs/teacher}. */
  String source();

  /** The size of its pictures. */
  ImageShape shape();

  /** Its weights. */
  Weights weights();

  /**
   * The widths that shares are of in later rounds: filters by the name of a convolution, at least
   * those that differ from the network's definition.
   */
  Map<String, Integer> widths();

  /**
   * The network as a configuration has it, with other widths.
   *
   * @param widths filters by the name of a convolution; all that differ from the definition
   */
  NetworkConfig with(Map<String, Integer> widths);

  /**
   * Adds the network to a graph, with other widths and in evaluation mode.
   *
   * @param widths as of {@link #with}
   */
  Built build(ImageGraph graph, Variables variables, Map<String, Integer> widths);

  /** The training pictures, without augmentation. */
  ImageDataset training();

  /**
   * What a graph of {@link #build} is fed with beside the pictures.
   *
   * @param pictures their places in {@link #training()}
   */
  ImageGraph.Feed feed(int[] pictures);

  /** How many pictures may be fed at once: 1 where the loss is one of all that are fed together. */
  default int together() {
    return Integer.MAX_VALUE;
  }

  /**
   * How good a network is, by the task's metric.
   *
   * @param widths of the network
   * @param weights of that network
   * @param split the part of the data
   */
  double score(Map<String, Integer> widths, Weights weights, Split split);

  /**
   * How long a network takes on this machine, exported in the fastest format in floats that is on
   * the class path.
   *
   * @param widths of the network
   * @param weights of that network
   */
  AnsweringModel.Speed speed(Map<String, Integer> widths, Weights weights);

  @Override
  default void close() {}

  /**
   * A network in a graph.
   *
   * @param parts its layers
   * @param outputs all that it gives; their channels stay
   * @param losses of each picture from labels, {@code [B]}; null where there is none of this form
   * @param regions what some layers look at instead of whole pictures; null where none do
   */
  record Built(
      List<Part> parts,
      List<Operand<TFloat32>> outputs,
      @Nullable Operand<TFloat32> losses,
      @Nullable Regions regions) {

    /** A network of one part on whole pictures. */
    public static Built of(
        Layers layers, Operand<TFloat32> output, @Nullable Operand<TFloat32> losses) {
      return new Built(List.of(new Part(layers, 1)), List.of(output), losses, null);
    }
  }

  /**
   * Layers that were built together.
   *
   * @param layers of which some may be for nothing: those that no output depends on
   * @param times how often they are run for one picture where the network is used
   */
  record Part(Layers layers, int times) {}

  /**
   * Regions of pictures. What is cut out of a map by {@code CropAndResize}, and all behind it, has
   * as many rows for each picture as there are regions.
   *
   * @param boxes {@code [B, count, 4]}; they can be fed, so that two networks look at the same
   * @param count of one picture
   */
  record Regions(Operand<TFloat32> boxes, int count) {}
}
