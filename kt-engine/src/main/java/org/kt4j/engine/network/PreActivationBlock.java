package org.kt4j.engine.network;

import org.jspecify.annotations.Nullable;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.Layers;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The residual blocks with normalisation and ReLU in front of each convolution (He et al., Identity
 * Mappings in Deep Residual Networks, 2016, figure 4e). The sum is not activated.
 *
 * <p>Where the shape changes, branch and shortcut share the first normalisation and ReLU, and the
 * shortcut is a 1x1 convolution without normalisation, as in the authors' published code.
 */
final class PreActivationBlock {

  private PreActivationBlock() {}

  /**
   * Two 3x3 convolutions.
   *
   * @param in channels of the input, as the network asks for them
   * @param shortcut the shortcut's name behind the block's
   * @param dropout between the two convolutions
   */
  static Operand<TFloat32> basic(
      Layers nn,
      String name,
      Operand<TFloat32> x,
      int in,
      int filters,
      int stride,
      String shortcut,
      double dropout) {
    Operand<TFloat32> first = activated(nn, name + ".bn1", x);
    Operand<TFloat32> y = nn.conv(name + ".conv1", first, Conv.of(filters, 3).stride(stride));
    Conv widened = ResidualBlock.sameShape(in, filters, stride) ? null : widened(filters, stride);
    String leading = name + "." + shortcut;
    if (nn.hasShortcutOfEachConvolution()) {
      Operand<TFloat32> sum = sum(nn, leading, x, first, y, widened);
      return nn.add(second(nn, name, sum, filters, dropout), sum);
    }
    return sum(nn, leading, x, first, second(nn, name, y, filters, dropout), widened);
  }

  private static Operand<TFloat32> second(
      Layers nn, String name, Operand<TFloat32> x, int filters, double dropout) {
    Operand<TFloat32> y = nn.dropout(activated(nn, name + ".bn2", x), dropout);
    return nn.conv(name + ".conv2", y, Conv.of(filters, 3));
  }

  /**
   * A 1x1, a 3x3 and a 1x1 convolution; the stride is in the 3x3 one.
   *
   * @param in channels of the input, as the network asks for them
   * @param filters of the first two; the last has four times as many
   * @param shortcut the shortcut's name behind the block's
   */
  static Operand<TFloat32> bottleneck(
      Layers nn,
      String name,
      Operand<TFloat32> x,
      int in,
      int filters,
      int stride,
      String shortcut) {
    Operand<TFloat32> first = activated(nn, name + ".bn1", x);
    Operand<TFloat32> y = nn.conv(name + ".conv1", first, Conv.of(filters, 1));
    y = activated(nn, name + ".bn2", y);
    y = nn.conv(name + ".conv2", y, Conv.of(filters, 3).stride(stride));
    y = activated(nn, name + ".bn3", y);
    y = nn.conv(name + ".conv3", y, Conv.of(4 * filters, 1));
    boolean same = ResidualBlock.sameShape(in, 4 * filters, stride);
    return sum(nn, name + "." + shortcut, x, first, y, same ? null : widened(4 * filters, stride));
  }

  private static Conv widened(int filters, int stride) {
    return Conv.of(filters, 1).stride(stride);
  }

  private static Operand<TFloat32> activated(Layers nn, String name, Operand<TFloat32> x) {
    return nn.relu(nn.batchNorm(name, x));
  }

  private static Operand<TFloat32> sum(
      Layers nn,
      String shortcut,
      Operand<TFloat32> x,
      Operand<TFloat32> first,
      Operand<TFloat32> branch,
      @Nullable Conv widened) {
    return nn.add(branch, widened == null ? x : nn.shortcutConv(shortcut, first, widened));
  }
}
