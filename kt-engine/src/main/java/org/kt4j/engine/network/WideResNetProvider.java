package org.kt4j.engine.network;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.Taps;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.Layers;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Wide residual networks WRN-D-K (Zagoruyko and Komodakis, Wide Residual Networks, 2016, section 2
 * and table 1): a 3x3 convolution of 16 channels, three stages of n pre-activation blocks with 16K,
 * 32K and 64K channels, D = 6n+4, normalisation and ReLU, global average pooling, a dense layer.
 *
 * <p>Taps as in {@link PreActResNetProvider}: {@code stage1} and {@code stage2} are sums that
 * nothing has activated, {@code stage3} is taken after the last normalisation and ReLU and {@code
 * stage3.pre-relu} between the two. RepDistiller's last map is the sum before both.
 *
 * <p>Parameter names are those of RepDistiller and of xternalz/WideResNet-pytorch: {@code conv1},
 * {@code block1.layer.0.bn1}, {@code block1.layer.0.conv1}, {@code block1.layer.0.convShortcut}, …,
 * {@code bn1}, {@code fc}.
 */
public final class WideResNetProvider implements NetworkProvider<WideResNetProvider.Options> {

  private static final Pattern DEPTH_AND_WIDTH = Pattern.compile("(\\d{1,4})-(\\d{1,4})");

  /**
   * The options.
   *
   * @param depth the number of weighted layers, 6n+4
   * @param widening how many times the channels of a plain ResNet
   * @param dropout share of values set to zero between the two convolutions of each block
   */
  public record Options(
      @Description("number of layers, 6n+4 up to 1202: 10, 16, 22, 28, 40") int depth,
      @Description("widening factor, 1 to 32: the stages have 16, 32 and 64 times as many channels")
          int widening,
      @Description("dropout inside each block, from 0 to below 1") double dropout) {

    /** Checks the ranges. */
    public Options {
      if (depth < 10 || depth > Variants.DEEPEST || (depth - 4) % 6 != 0) {
        throw new InvalidOptionException("depth", depth, "6n+4 up to 1202: 10, 16, 22, 28, 34, 40");
      }
      if (widening < 1 || widening > 32) {
        throw new InvalidOptionException("widening", widening, "1 to 32");
      }
      if (!(dropout >= 0 && dropout < 1)) {
        throw new InvalidOptionException("dropout", dropout, "from 0 to below 1");
      }
    }
  }

  @Override
  public String name() {
    return "wide-resnet";
  }

  @Override
  public String summary() {
    return "wide ResNet of depth 6n+4 for small images (Zagoruyko and Komodakis, 2016)";
  }

  @Override
  public Options defaults() {
    return new Options(16, 2, 0);
  }

  @Override
  public List<String> examples() {
    return List.of(
        "wide-resnet-16-2",
        "wide-resnet-16-1",
        "wide-resnet-40-1",
        "wide-resnet-40-2",
        "wide-resnet-28-10");
  }

  @Override
  public Options variant(String variant) {
    Options defaults = defaults();
    if (variant.isEmpty()) {
      return defaults;
    }
    Matcher parts = DEPTH_AND_WIDTH.matcher(variant);
    if (!parts.matches()) {
      throw new InvalidOptionException(
          "variant", "'" + variant + "'", "depth and widening factor, such as 16-2");
    }
    return new Options(
        Variants.number("depth", parts.group(1)),
        Variants.number("widening", parts.group(2)),
        defaults.dropout());
  }

  @Override
  public Network create(Options options, ImageShape input, int classes) {
    Variants.requireAtLeast(name() + "-" + options.depth() + "-" + options.widening(), input, 8);
    return (nn, images) -> build(options, classes, nn, images);
  }

  private static Operand<TFloat32> build(
      Options options, int classes, Layers nn, Operand<TFloat32> images) {
    int blocks = (options.depth() - 4) / 6;
    Operand<TFloat32> x = nn.conv("conv1", images, Conv.of(16, 3));
    nn.stem();
    int in = 16;
    for (int stage = 1; stage <= 3; stage++) {
      int filters = (16 << (stage - 1)) * options.widening();
      for (int block = 0; block < blocks; block++) {
        int stride = stage > 1 && block == 0 ? 2 : 1;
        String name = String.format(Locale.ROOT, "block%d.layer.%d", stage, block);
        x =
            PreActivationBlock.basic(
                nn, name, x, in, filters, stride, "convShortcut", options.dropout());
        in = filters;
      }
      if (stage < 3) {
        x = nn.tap("stage" + stage, x);
      }
    }
    x = nn.tappedRelu("stage3", nn.batchNorm("bn1", x));
    x = nn.tap(Taps.POOLED, nn.globalAvgPool(x)); // [B, 64 * widening]
    return nn.dense("fc", x, classes); // [B, classes]
  }
}
