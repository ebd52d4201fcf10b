package org.kt4j.engine.network;

import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.Taps;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.Layers;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The ImageNet ResNets (He et al., Deep Residual DistillationStep for Image Recognition, 2016,
 * table 1): a 7x7 convolution and a max pooling, both of stride 2, four stages of basic blocks (10,
 * 18, 34) or bottlenecks (50, 101), global average pooling, a dense layer.
 *
 * <p>Differs from the paper as torchvision does: the stride of a bottleneck is in its 3x3
 * convolution ("v1.5").
 *
 * <p>Taps {@code stage1} to {@code stage4} at strides 4, 8, 16 and 32, each with {@code .pre-relu},
 * the sum before its ReLU. Parameter names are torchvision's: {@code conv1}, {@code bn1}, {@code
 * layer1.0.conv1}, {@code layer2.0.downsample.0}, …, {@code fc}.
 */
public final class ImageNetResNetProvider
    implements NetworkProvider<ImageNetResNetProvider.Options> {

  /**
   * The options.
   *
   * @param depth the number of weighted layers; 10 is no member of the paper's, with one block in
   *     each stage
   * @param width channels of the first stage; doubled at each of the next
   */
  public record Options(
      @Description("number of layers: 10, 18, 34, 50 or 101") int depth,
      @Description("channels of the first stage, 1 to 512; doubled at each of the next three")
          int width) {

    /** Checks the ranges. */
    public Options {
      if (!List.of(10, 18, 34, 50, 101).contains(depth)) {
        throw new InvalidOptionException("depth", depth, "10, 18, 34, 50 or 101");
      }
      Variants.requireWidth(width);
    }

    private List<Integer> blocks() {
      return switch (depth) {
        case 10 -> List.of(1, 1, 1, 1);
        case 18 -> List.of(2, 2, 2, 2);
        case 101 -> List.of(3, 4, 23, 3);
        default -> List.of(3, 4, 6, 3);
      };
    }

    private boolean bottlenecks() {
      return depth >= 50;
    }
  }

  @Override
  public String name() {
    return "imagenet-resnet";
  }

  @Override
  public String summary() {
    return "ResNet-10, 18, 34, 50 or 101 for large images, as in torchvision (He et al., 2016)";
  }

  @Override
  public Options defaults() {
    return new Options(18, 64);
  }

  @Override
  public List<String> examples() {
    return List.of(
        "imagenet-resnet-18", "imagenet-resnet-34", "imagenet-resnet-50", "imagenet-resnet-101");
  }

  @Override
  public Options variant(String variant) {
    return variant.isEmpty()
        ? defaults()
        : new Options(Variants.number("depth", variant), defaults().width());
  }

  @Override
  public Network create(Options options, ImageShape input, int classes) {
    Variants.requireAtLeast(name() + "-" + options.depth(), input, 32);
    return (nn, images) -> build(options, classes, nn, images);
  }

  private static Operand<TFloat32> build(
      Options options, int classes, Layers nn, Operand<TFloat32> images) {
    Operand<TFloat32> x = nn.conv("conv1", images, Conv.of(options.width(), 7).stride(2));
    x = nn.maxPool(nn.relu(nn.batchNorm("bn1", x)), 3, 2, 1);
    nn.stem();
    int in = options.width();
    for (int stage = 1; stage <= 4; stage++) {
      int filters = options.width() << (stage - 1);
      int blocks = options.blocks().get(stage - 1);
      for (int block = 0; block < blocks; block++) {
        int stride = stage > 1 && block == 0 ? 2 : 1;
        String name = String.format(Locale.ROOT, "layer%d.%d", stage, block);
        int out = options.bottlenecks() ? 4 * filters : filters;
        boolean same = ResidualBlock.sameShape(in, out, stride);
        Operand<TFloat32> sum = residualSum(options, name, nn, x, filters, stride, same);
        in = out;
        x = block == blocks - 1 ? nn.tappedRelu("stage" + stage, sum) : nn.relu(sum);
      }
    }
    x = nn.tap(Taps.POOLED, nn.globalAvgPool(x)); // [B, 8 width] or [B, 32 width]
    return nn.dense("fc", x, classes); // [B, classes]
  }

  private static Operand<TFloat32> residualSum(
      Options options,
      String name,
      Layers nn,
      Operand<TFloat32> x,
      int filters,
      int stride,
      boolean same) {
    int out = options.bottlenecks() ? 4 * filters : filters;
    UnaryOperator<Operand<TFloat32>> shortcut =
        y -> same ? x : ResidualBlock.projection(nn, name + ".downsample", x, out, stride);
    if (!options.bottlenecks()) {
      return ResidualBlock.basic(nn, name, x, filters, stride, shortcut);
    }
    Operand<TFloat32> branch = bottleneckBranch(nn, name, x, filters, stride);
    return nn.add(branch, shortcut.apply(branch));
  }

  private static Operand<TFloat32> bottleneckBranch(
      Layers nn, String name, Operand<TFloat32> x, int filters, int stride) {
    Operand<TFloat32> y = nn.conv(name + ".conv1", x, Conv.of(filters, 1));
    y = nn.relu(nn.batchNorm(name + ".bn1", y));
    y = nn.conv(name + ".conv2", y, Conv.of(filters, 3).stride(stride));
    y = nn.relu(nn.batchNorm(name + ".bn2", y));
    return nn.batchNorm(name + ".bn3", nn.conv(name + ".conv3", y, Conv.of(4 * filters, 1)));
  }
}
