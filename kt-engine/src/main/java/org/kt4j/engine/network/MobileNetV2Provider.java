package org.kt4j.engine.network;

import java.util.List;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.Taps;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.Layers;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * MobileNetV2 (Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks, 2018, table
 * 2): a 3x3 convolution of stride 2, 17 inverted residual blocks with depthwise convolutions, a 1x1
 * convolution, global average pooling, dropout, a dense layer. Every ReLU is a ReLU6.
 *
 * <p>Taps {@code stage1} to {@code stage5} are the outputs of the last blocks with 16, 24, 32, 96
 * and 320 channels, at strides 2, 4, 8, 16 and 32. A block ends in a linear layer, so these maps
 * may be negative and have no {@code .pre-relu}.
 *
 * <p>With {@code small-images} the first convolution and the first block with 24 channels keep the
 * size of the map, as usual for CIFAR: the strides are 1, 1, 2, 4 and 8. RepDistiller's form
 * differs: its first convolution has stride 2.
 *
 * <p>Parameter names are torchvision's: {@code features.0.0}, {@code features.1.conv.0.0}, …,
 * {@code classifier.1}. Weights in timm's names ({@code conv_stem}, {@code blocks.0.0.conv_dw}, …,
 * {@code classifier}) are taken as well.
 */
public final class MobileNetV2Provider implements NetworkProvider<MobileNetV2Provider.Options> {

  /**
   * The options.
   *
   * @param width the factor of all channel counts
   * @param smallImages whether the first two halvings are left out
   */
  public record Options(
      @Description("factor of all channel counts, above 0 and at most 4") double width,
      @Description("for images of about 32x32: leave the first two halvings out")
          boolean smallImages) {

    /** Checks the ranges. */
    public Options {
      if (!(width > 0 && width <= 4)) {
        throw new InvalidOptionException("width", width, "above 0 and at most 4");
      }
    }

    /** A channel count times the width: a multiple of 8 and at least nine tenths of the product. */
    private int channels(int full) {
      double exact = full * width;
      int rounded = Math.max(8, (int) (exact + 4) / 8 * 8);
      return rounded < 0.9 * exact ? rounded + 8 : rounded;
    }
  }

  /** One row of the paper's table 2: t, c, n, s. */
  private record Row(int expansion, int channels, int blocks, int stride) {}

  private static final List<Row> ROWS =
      List.of(
          new Row(1, 16, 1, 1),
          new Row(6, 24, 2, 2),
          new Row(6, 32, 3, 2),
          new Row(6, 64, 4, 2),
          new Row(6, 96, 3, 1),
          new Row(6, 160, 3, 2),
          new Row(6, 320, 1, 1));

  /** The channels, at full width, of the last row at each size of the map. */
  private static final List<Integer> TAPPED = List.of(16, 24, 32, 96, 320);

  @Override
  public String name() {
    return "mobilenet-v2";
  }

  @Override
  public String summary() {
    return "MobileNetV2 of any width, large or small images (Sandler et al., 2018)";
  }

  @Override
  public Options defaults() {
    return new Options(1, false);
  }

  @Override
  public List<String> examples() {
    return List.of("mobilenet-v2");
  }

  @Override
  public Options variant(String variant) {
    if (!variant.isEmpty()) {
      throw new InvalidOptionException(
          "variant", "'" + variant + "'", "mobilenet-v2, with width and small-images as keys");
    }
    return defaults();
  }

  @Override
  public Network create(Options options, ImageShape input, int classes) {
    Variants.requireAtLeast(name(), input, options.smallImages() ? 8 : 32);
    return (nn, images) -> build(options, classes, nn, images);
  }

  private static Operand<TFloat32> build(
      Options options, int classes, Layers nn, Operand<TFloat32> images) {
    Conv stem = Conv.of(options.channels(32), 3).stride(options.smallImages() ? 1 : 2);
    called(nn, "features.0", "conv_stem", "bn1");
    Operand<TFloat32> x = activated(nn, "features.0", nn.conv("features.0.0", images, stem));
    nn.stem();
    int layer = 1;
    int in = options.channels(32);
    for (int r = 0; r < ROWS.size(); r++) {
      Row row = ROWS.get(r);
      int filters = options.channels(row.channels());
      boolean kept = options.smallImages() && row.channels() == 24;
      for (int block = 0; block < row.blocks(); block++) {
        int stride = block == 0 && !kept ? row.stride() : 1;
        boolean same = ResidualBlock.sameShape(in, filters, stride);
        Conv last = Conv.of(filters, 1);
        int expanded = row.expansion() == 1 ? 0 : row.expansion() * in;
        String name = "features." + layer++ + ".conv";
        branchCalled(nn, name, "blocks." + r + "." + block + ".", expanded > 0);
        Operand<TFloat32> y = branch(nn, name, x, expanded, last, stride);
        x = same ? nn.add(y, x) : y;
        in = filters;
      }
      int stage = TAPPED.indexOf(row.channels()) + 1;
      if (stage > 0) {
        x = nn.tap("stage" + stage, x);
      }
    }
    int last = Math.max(1280, options.channels(1280));
    String name = "features." + layer;
    called(nn, name, "conv_head", "bn2");
    x = activated(nn, name, nn.conv(name + ".0", x, Conv.of(last, 1)));
    x = nn.tap(Taps.POOLED, nn.globalAvgPool(x)); // [B, 1280]
    nn.alsoCalled("classifier.1", "classifier");
    return nn.dense("classifier.1", nn.dropout(x, 0.2), classes); // [B, classes]
  }

  /** What timm calls a convolution and its normalisation. */
  private static void called(Layers nn, String name, String conv, String norm) {
    nn.alsoCalled(name + ".0", conv);
    nn.alsoCalled(name + ".1", norm);
  }

  /** What timm calls the layers of a branch. */
  private static void branchCalled(Layers nn, String name, String block, boolean expands) {
    int part = 0;
    int norm = 1;
    if (expands) {
      called(nn, name + "." + part++, block + "conv_pw", block + "bn" + norm++);
    }
    called(nn, name + "." + part++, block + "conv_dw", block + "bn" + norm++);
    nn.alsoCalled(name + "." + part++, block + (expands ? "conv_pwl" : "conv_pw"));
    nn.alsoCalled(name + "." + part, block + "bn" + norm);
  }

  /**
   * The branch of an inverted residual block: expand, filter each channel, project without
   * activation.
   *
   * @param expanded channels between; 0 where the block does not expand its input
   */
  private static Operand<TFloat32> branch(
      Layers nn, String name, Operand<TFloat32> x, int expanded, Conv last, int stride) {
    int part = 0;
    Operand<TFloat32> y = x;
    if (expanded > 0) {
      String expand = name + "." + part++;
      y = activated(nn, expand, nn.conv(expand + ".0", y, Conv.of(expanded, 1)));
    }
    String filter = name + "." + part++;
    Conv depthwise = Conv.depthwise(3).stride(stride);
    y = activated(nn, filter, nn.depthwiseConv(filter + ".0", y, depthwise));
    y = nn.conv(name + "." + part++, y, last);
    return nn.batchNorm(name + "." + part, y);
  }

  private static Operand<TFloat32> activated(Layers nn, String name, Operand<TFloat32> x) {
    return nn.relu6(nn.batchNorm(name + ".1", x));
  }
}
