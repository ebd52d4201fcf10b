package org.kt4j.engine.network;

import java.util.function.UnaryOperator;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.Layers;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** What the residual networks with the activation after the sum have in common. */
final class ResidualBlock {

  private ResidualBlock() {}

  /**
   * The sum of a basic block: {@code name.conv1}, {@code bn1}, ReLU, {@code conv2}, {@code bn2},
   * and the shortcut. The sum is not activated.
   *
   * @param shortcut builds it; given what it is added to
   */
  static Operand<TFloat32> basic(
      Layers nn,
      String name,
      Operand<TFloat32> x,
      int filters,
      int stride,
      UnaryOperator<Operand<TFloat32>> shortcut) {
    Operand<TFloat32> y = nn.conv(name + ".conv1", x, Conv.of(filters, 3).stride(stride));
    y = nn.batchNorm(name + ".bn1", y);
    if (nn.hasShortcutOfEachConvolution()) {
      y = nn.relu(nn.add(y, shortcut.apply(y)));
      return nn.add(second(nn, name, y, filters), y);
    }
    Operand<TFloat32> branch = second(nn, name, nn.relu(y), filters);
    return nn.add(branch, shortcut.apply(branch));
  }

  private static Operand<TFloat32> second(
      Layers nn, String name, Operand<TFloat32> x, int filters) {
    return nn.batchNorm(name + ".bn2", nn.conv(name + ".conv2", x, Conv.of(filters, 3)));
  }

  /**
   * The shortcut with parameters: a 1x1 convolution {@code name.0}, its normalisation {@code
   * name.1}.
   */
  static Operand<TFloat32> projection(
      Layers nn, String name, Operand<TFloat32> x, int filters, int stride) {
    Operand<TFloat32> y = nn.shortcutConv(name + ".0", x, Conv.of(filters, 1).stride(stride));
    return nn.batchNorm(name + ".1", y);
  }

  /**
   * Whether a block's input is added to its branch as it is, by the widths that the network asks
   * for: layers may have been given other ones.
   *
   * @param in channels of the input
   * @param out of the branch
   */
  static boolean sameShape(int in, int out, int stride) {
    return stride == 1 && in == out;
  }

  /** Channels of a map. */
  static int channels(Operand<TFloat32> map) {
    return Math.toIntExact(map.shape().get(3));
  }
}
