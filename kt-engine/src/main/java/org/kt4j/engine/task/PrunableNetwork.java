package org.kt4j.engine.task;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.data.Split;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A trained network that can be made narrower, and what it is tried on; made by a task. */
public interface PrunableNetwork {

  /** The network in words: {@code resnet-56 from runs/teacher}. */
  String source();

  /** The size of its pictures. */
  ImageShape shape();

  /** The normalization of its input. */
  Normalization normalization();

  /** Its weights. */
  Weights weights();

  /** The widths that it has, where they differ from those of its definition. */
  Map<String, Integer> widths();

  /**
   * The network with other widths.
   *
   * @param widths filters by the name of a convolution; all that differ from the definition
   */
  Network network(Map<String, Integer> widths);

  /** The training pictures. */
  ImageDataset training();

  /**
   * The loss of each picture from labels, {@code [B]}; null where the task has none of this form.
   *
   * @param labels {@code [B]}
   * @param logits {@code [B, K]}
   */
  @Nullable Operand<TFloat32> losses(Ops tf, Operand<TInt32> labels, Operand<TFloat32> logits);

  /**
   * How good a network is, by the task's metric.
   *
   * @param network with those weights
   * @param split the part of the data
   */
  double score(Network network, Weights weights, Split split);

  /**
   * How long a network takes on this machine, exported in the fastest format in floats that is on
   * the class path.
   *
   * @param network with those weights
   */
  AnsweringModel.Speed speed(Network network, Weights weights);
}
