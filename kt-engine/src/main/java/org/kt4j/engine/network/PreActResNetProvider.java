package org.kt4j.engine.network;

import java.util.List;
import java.util.Locale;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.Taps;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.Layers;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The CIFAR ResNets with pre-activation (He et al., Identity Mappings in Deep Residual Networks,
 * 2016, section 3 and appendix): a 3x3 convolution, three stages of n blocks with 16, 32 and 64
 * channels (four times as many behind bottlenecks), normalisation and ReLU, global average pooling,
 * a dense layer. Depth 6n+2 with basic blocks, 9n+2 with bottlenecks; {@code preact-resnet-1001} is
 * the teacher of the neuron-selectivity paper on CIFAR.
 *
 * <p>Taps {@code stage1} and {@code stage2} are the sums at the end of a stage as they are, because
 * nothing activates them there: they may be negative and have no {@code .pre-relu}. {@code stage3}
 * is taken after the last normalisation and ReLU, {@code stage3.pre-relu} between the two.
 *
 * <p>Parameter names are those of pytorch-cifar with a last normalisation: {@code conv1}, {@code
 * layer1.0.bn1}, {@code layer1.0.conv1}, {@code layer2.0.shortcut.0}, …, {@code bn}, {@code
 * linear}. Differs from the paper: the stride of a bottleneck is in its 3x3 convolution, as there.
 */
public final class PreActResNetProvider implements NetworkProvider<PreActResNetProvider.Options> {

  /** What a block is made of. */
  public enum Block {
    /** Two 3x3 convolutions. */
    BASIC(6),
    /** A 1x1, a 3x3 and a 1x1 convolution. */
    BOTTLENECK(9);

    private final int layers;

    /** The layers that one more block in each of the three stages adds. */
    Block(int layers) {
      this.layers = layers;
    }

    private boolean fits(int depth) {
      return depth >= layers + 2 && depth <= Variants.DEEPEST && (depth - 2) % layers == 0;
    }
  }

  /**
   * The options.
   *
   * @param depth the number of weighted layers
   * @param width channels of the first stage; the next have twice and four times as many
   * @param block what a block is made of
   */
  public record Options(
      @Description("number of layers up to 1202: 6n+2 with basic blocks, 9n+2 with bottlenecks")
          int depth,
      @Description("channels of the first stage, 1 to 512; doubled at each of the next two")
          int width,
      @Description("basic: two 3x3; bottleneck: 1x1, 3x3 and 1x1 to four times the channels")
          Block block) {

    /** Checks the ranges. */
    public Options {
      if (!block.fits(depth)) {
        throw new InvalidOptionException(
            "depth",
            depth,
            block == Block.BASIC
                ? "6n+2 up to 1202 with basic blocks: 8, 14, 20, 26, 32, 44, 56, 110"
                : "9n+2 up to 1202 with bottlenecks: 11, 20, 29, 38, 47, 56, 110, 164, 1001");
      }
      Variants.requireWidth(width);
    }
  }

  @Override
  public String name() {
    return "preact-resnet";
  }

  @Override
  public String summary() {
    return "CIFAR ResNet with pre-activation (He et al., Identity Mappings, 2016)";
  }

  @Override
  public Options defaults() {
    return new Options(20, 16, Block.BASIC);
  }

  @Override
  public List<String> examples() {
    return List.of(
        "preact-resnet-20",
        "preact-resnet-56",
        "preact-resnet-110",
        "preact-resnet-164",
        "preact-resnet-1001");
  }

  /** Depth; as in the paper, depths from 164 on are of bottlenecks where these can make them. */
  @Override
  public Options variant(String variant) {
    Options defaults = defaults();
    if (variant.isEmpty()) {
      return defaults;
    }
    int depth = Variants.number("depth", variant);
    boolean bottleneck = depth >= 164 && Block.BOTTLENECK.fits(depth);
    return new Options(depth, defaults.width(), bottleneck ? Block.BOTTLENECK : defaults.block());
  }

  @Override
  public Network create(Options options, ImageShape input, int classes) {
    Variants.requireAtLeast(name() + "-" + options.depth(), input, 8);
    return (nn, images) -> build(options, classes, nn, images);
  }

  private static Operand<TFloat32> build(
      Options options, int classes, Layers nn, Operand<TFloat32> images) {
    int blocks = (options.depth() - 2) / options.block().layers;
    int width = options.width();
    Operand<TFloat32> x = nn.conv("conv1", images, Conv.of(width, 3));
    nn.stem();
    int in = width;
    for (int stage = 1; stage <= 3; stage++) {
      int filters = width << (stage - 1);
      for (int block = 0; block < blocks; block++) {
        int stride = stage > 1 && block == 0 ? 2 : 1;
        String name = String.format(Locale.ROOT, "layer%d.%d", stage, block);
        x =
            options.block() == Block.BASIC
                ? PreActivationBlock.basic(nn, name, x, in, filters, stride, "shortcut.0", 0)
                : PreActivationBlock.bottleneck(nn, name, x, in, filters, stride, "shortcut.0");
        in = options.block() == Block.BASIC ? filters : 4 * filters;
      }
      if (stage < 3) {
        x = nn.tap("stage" + stage, x);
      }
    }
    x = nn.tappedRelu("stage3", nn.batchNorm("bn", x));
    x = nn.tap(Taps.POOLED, nn.globalAvgPool(x)); // [B, C]
    return nn.dense("linear", x, classes); // [B, classes]
  }
}
