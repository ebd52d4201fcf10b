package org.kt4j.speed;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Real data and real teachers, if they are given.
 *
 * @param cifar10 the folder of CIFAR-10's binary files
 * @param npz the weights of a ResNet-56 trained on it
 * @param onnx the same network as ONNX, with the outputs logits and layer3
 */
record Materials(@Nullable Path cifar10, @Nullable Path npz, @Nullable Path onnx) {

  /** Generated pictures and untrained networks. */
  static Materials none() {
    return new Materials(null, null, null);
  }
}
