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
 * VGG with 11, 13, 16 or 19 layers (Simonyan and Zisserman, Very Deep Convolutional Networks for
 * Large-Scale Image Recognition, 2015, table 1, columns A, B, D and E): five blocks of 3x3
 * convolutions, each followed by a max pooling that halves the map, and a head.
 *
 * <p>Taps {@code stage1} to {@code stage5}, each after the last ReLU of its block and before the
 * pooling, with {@code .pre-relu}. {@code pooled} is the vector in front of the head: 512 numbers
 * with the small head, 25,088 with the large one. Parameter names are torchvision's: {@code
 * features.0}, {@code features.1}, …; the large head's are {@code classifier.0}, {@code .3}, {@code
 * .6}, the small one's {@code classifier}, as in pytorch-cifar. For the large head timm's names
 * ({@code pre_logits.fc1}, {@code pre_logits.fc2}, {@code head.fc}) are taken as well.
 */
public final class VggProvider implements NetworkProvider<VggProvider.Options> {

  /** What stands behind the convolutions. */
  public enum Head {
    /** Global average pooling and one dense layer: for images of any size, as usual on CIFAR. */
    SMALL,
    /**
     * Average pooling to 7x7 and three dense layers with dropout 0.5, as in the paper and in
     * torchvision: for images whose sides, divided by 32, are multiples of 7.
     */
    LARGE
  }

  /**
   * The options.
   *
   * @param depth the number of weighted layers with the large head
   * @param batchNorm whether each convolution is followed by batch normalisation
   * @param head what stands behind the convolutions
   */
  public record Options(
      @Description("number of layers: 11, 13, 16 or 19") int depth,
      @Description("batch normalisation behind each convolution") boolean batchNorm,
      @Description("small: one dense layer, any image size; large: three, for 224x224") Head head) {

    /** Checks the ranges. */
    public Options {
      if (!List.of(11, 13, 16, 19).contains(depth)) {
        throw new InvalidOptionException("depth", depth, "11, 13, 16 or 19");
      }
    }

    private List<Integer> convolutions() {
      return switch (depth) {
        case 11 -> List.of(1, 1, 2, 2, 2);
        case 13 -> List.of(2, 2, 2, 2, 2);
        case 16 -> List.of(2, 2, 3, 3, 3);
        default -> List.of(2, 2, 4, 4, 4);
      };
    }
  }

  private static final List<Integer> FILTERS = List.of(64, 128, 256, 512, 512);

  /** Height and width of the map in front of the large head. */
  private static final int LARGE_HEAD_SIDE = 7;

  @Override
  public String name() {
    return "vgg";
  }

  @Override
  public String summary() {
    return "VGG-11, 13, 16 or 19, with batch normalisation (Simonyan and Zisserman, 2015)";
  }

  @Override
  public Options defaults() {
    return new Options(16, true, Head.SMALL);
  }

  @Override
  public List<String> examples() {
    return List.of("vgg-16", "vgg-11", "vgg-13", "vgg-19");
  }

  @Override
  public Options variant(String variant) {
    Options defaults = defaults();
    return variant.isEmpty()
        ? defaults
        : new Options(Variants.number("depth", variant), defaults.batchNorm(), defaults.head());
  }

  @Override
  public Network create(Options options, ImageShape input, int classes) {
    String network = name() + "-" + options.depth();
    Variants.requireAtLeast(network, input, 32);
    if (options.head() == Head.LARGE
        && (input.height() / 32 % LARGE_HEAD_SIDE != 0
            || input.width() / 32 % LARGE_HEAD_SIDE != 0)) {
      throw new IllegalArgumentException(
          network
              + " with the large head needs images of 224x224 or a multiple, these are "
              + input.height()
              + "x"
              + input.width()
              + "; use head: small");
    }
    return (nn, images) -> build(options, classes, nn, images);
  }

  private static Operand<TFloat32> build(
      Options options, int classes, Layers nn, Operand<TFloat32> images) {
    Operand<TFloat32> x = images;
    int layer = 0;
    for (int stage = 1; stage <= 5; stage++) {
      int convolutions = options.convolutions().get(stage - 1);
      Conv conv = Conv.of(FILTERS.get(stage - 1), 3).withBias();
      for (int i = 0; i < convolutions; i++) {
        x = nn.conv("features." + layer++, x, conv);
        if (options.batchNorm()) {
          x = nn.batchNorm("features." + layer++, x);
        }
        x = i == convolutions - 1 ? nn.tappedRelu("stage" + stage, x) : nn.relu(x);
        layer++; // The ReLU counts.
      }
      x = nn.maxPool(x, 2, 2, 0);
      layer++;
    }
    return options.head() == Head.SMALL ? smallHead(classes, nn, x) : largeHead(classes, nn, x);
  }

  private static Operand<TFloat32> smallHead(int classes, Layers nn, Operand<TFloat32> x) {
    Operand<TFloat32> pooled = nn.tap(Taps.POOLED, nn.globalAvgPool(x)); // [B, 512]
    return nn.dense("classifier", pooled, classes); // [B, classes]
  }

  private static Operand<TFloat32> largeHead(int classes, Layers nn, Operand<TFloat32> x) {
    Operand<TFloat32> y = nn.flatten(toSevenBySeven(nn, x)); // [B, 512 * 7 * 7]
    y = nn.tap(Taps.POOLED, y);
    nn.alsoCalled("classifier.0", "pre_logits.fc1");
    nn.alsoCalled("classifier.3", "pre_logits.fc2");
    nn.alsoCalled("classifier.6", "head.fc");
    y = nn.dropout(nn.relu(nn.dense("classifier.0", y, 4096)), 0.5);
    y = nn.dropout(nn.relu(nn.dense("classifier.3", y, 4096)), 0.5);
    return nn.dense("classifier.6", y, classes); // [B, classes]
  }

  /** Torchvision's adaptive average pooling, where its windows do not overlap. */
  private static Operand<TFloat32> toSevenBySeven(Layers nn, Operand<TFloat32> x) {
    long height = x.shape().get(1) / LARGE_HEAD_SIDE;
    long width = x.shape().get(2) / LARGE_HEAD_SIDE;
    if (height == 1 && width == 1) {
      return x;
    }
    List<Long> window = List.of(1L, height, width, 1L);
    return nn.tf().nn.avgPool(x, window, window, "VALID"); // [B, 7, 7, 512]
  }
}
