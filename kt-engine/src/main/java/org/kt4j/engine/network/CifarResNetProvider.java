package org.kt4j.engine.network;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.Taps;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.Layers;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The CIFAR ResNets of any depth 6n+2 (He et al., Deep Residual DistillationStep for Image
 * Recognition, 2016, section 4.2): a 3x3 convolution, three stages of n basic blocks with 16, 32
 * and 64 channels, global average pooling, a dense layer.
 *
 * <p>Taps {@code stage1}, {@code stage2}, {@code stage3}. Parameter names are those of the common
 * PyTorch implementations: {@code conv1}, {@code bn1}, {@code layer1.0.conv1}, …, {@code linear}.
 */
public final class CifarResNetProvider implements NetworkProvider<CifarResNetProvider.Options> {

  /** How a block's input reaches its sum when the shape changes. */
  public enum Shortcut {
    /** Every second pixel, zeros for the new channels; no parameters. Option A of the paper. */
    A,
    /** A 1x1 convolution with batch normalisation. Option B of the paper. */
    B
  }

  /**
   * The options.
   *
   * @param depth the number of weighted layers, 6n+2
   * @param width channels of the first stage; the next have twice and four times as many
   * @param shortcut option A or B
   */
  public record Options(
      @Description("number of layers, 6n+2 up to 1202: 8, 14, 20, ..., 56, 110") int depth,
      @Description("channels of the first stage, 1 to 512; doubled at each of the next two")
          int width,
      @Description("a: strided pixels and zero channels; b: 1x1 convolution") Shortcut shortcut) {

    /** Checks the ranges. */
    public Options {
      if (depth < 8 || depth > Variants.DEEPEST || (depth - 2) % 6 != 0) {
        throw new InvalidOptionException(
            "depth", depth, "6n+2 up to 1202: 8, 14, 20, 26, 32, 44, 56, 110");
      }
      Variants.requireWidth(width);
    }
  }

  @Override
  public String name() {
    return "resnet";
  }

  @Override
  public String summary() {
    return "CIFAR ResNet of depth 6n+2 for small images (He et al., 2016)";
  }

  @Override
  public Options defaults() {
    return new Options(20, 16, Shortcut.A);
  }

  @Override
  public List<String> examples() {
    return List.of("resnet-20", "resnet-8", "resnet-32", "resnet-56", "resnet-110");
  }

  @Override
  public Options variant(String variant) {
    Options defaults = defaults();
    return variant.isEmpty()
        ? defaults
        : new Options(Variants.number("depth", variant), defaults.width(), defaults.shortcut());
  }

  @Override
  public Network create(Options options, ImageShape input, int classes) {
    Variants.requireAtLeast(name() + "-" + options.depth(), input, 8);
    return (nn, images) -> build(options, classes, nn, images);
  }

  private static Operand<TFloat32> build(
      Options options, int classes, Layers nn, Operand<TFloat32> images) {
    int blocks = (options.depth() - 2) / 6;
    int width = options.width();
    Operand<TFloat32> x = nn.conv("conv1", images, Conv.of(width, 3));
    x = nn.relu(nn.batchNorm("bn1", x));
    nn.stem();
    for (int stage = 1; stage <= 3; stage++) {
      int filters = width << (stage - 1);
      for (int block = 0; block < blocks; block++) {
        int stride = stage > 1 && block == 0 ? 2 : 1;
        String name = String.format(Locale.ROOT, "layer%d.%d", stage, block);
        boolean same = stage == 1 || block > 0;
        Operand<TFloat32> sum =
            residualSum(same ? null : options.shortcut(), name, nn, x, filters, stride);
        x = block == blocks - 1 ? nn.tappedRelu("stage" + stage, sum) : nn.relu(sum);
      }
    }
    x = nn.tap(Taps.POOLED, nn.globalAvgPool(x)); // [B, 4 * width]
    return nn.dense("linear", x, classes); // [B, classes]
  }

  /**
   * A block before its last ReLU.
   *
   * @param shortcut null where the input is added as it is
   */
  private static Operand<TFloat32> residualSum(
      @Nullable Shortcut shortcut,
      String name,
      Layers nn,
      Operand<TFloat32> x,
      int filters,
      int stride) {
    return ResidualBlock.basic(
        nn,
        name,
        x,
        filters,
        stride,
        y ->
            shortcut == null
                ? x
                : shortcut == Shortcut.A
                    ? nn.zeroPaddedShortcut(x, ResidualBlock.channels(y), stride)
                    : ResidualBlock.projection(nn, name + ".shortcut", x, filters, stride));
  }
}
