package org.kt4j.engine.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.Taps;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.Layers;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Inception with batch normalisation, the student of the neuron-selectivity paper (Ioffe and
 * Szegedy, Batch Normalization, 2015, section 4.2 and appendix), in two forms:
 *
 * <ul>
 *   <li>{@code inception-bn}: a 7x7 convolution of stride 2, the modules 3a to 5b, as in the models
 *       of Caffe, MXNet and PyTorch with 11.3 million parameters.
 *   <li>{@code inception-bn-small}: for images of about 32x32, MXNet's {@code
 *       inception-bn-28-small} with modules of two branches.
 * </ul>
 *
 * <p>Taps: each module, {@code inception3a} to {@code inception5b}, is the concatenation of its
 * branches, with {@code .pre-relu} in front of their last ReLU, which is where the paper's authors
 * read 5b. Of the large form {@code stage1} to {@code stage5} are at strides 2, 4, 8, 16 and 32:
 * the two convolutions of the stem, then 3b, 4b (the map that detectors cut at; 4c and 4d follow at
 * the same size) and 5b. Of the small form {@code stage1} to {@code stage3} are 3b, 4d and 5b at
 * strides 1, 2 and 4.
 *
 * <p>Parameter names are those of Cadene's pretrained-models for PyTorch: {@code conv1_7x7_s2},
 * {@code conv1_7x7_s2_bn}, {@code inception_3a_1x1}, {@code inception_3a_double_3x3_reduce}, …,
 * {@code last_linear}; the small form follows the same pattern. Poolings of stride 2 round up, as
 * there and in Caffe (MXNet's first two round down: 55 and 27 instead of 56 and 28 at 224).
 */
public final class InceptionBnProvider implements NetworkProvider<InceptionBnProvider.Options> {

  /**
   * The options.
   *
   * @param smallImages the form
   */
  public record Options(@Description("the form for images of about 32x32") boolean smallImages) {}

  private enum Pool {
    AVERAGE,
    MAX
  }

  /**
   * One module of the large form; each number counts channels. A module without a projection is one
   * that halves the map: it has no 1x1 branch, and its pooling goes through as it is.
   */
  private record Module(
      String name,
      int single,
      int reduce,
      int filters,
      int doubleReduce,
      int doubleFilters,
      Pool pool,
      int projection) {

    int stride() {
      return projection == 0 ? 2 : 1;
    }
  }

  private static final List<Module> MODULES =
      List.of(
          new Module("3a", 64, 64, 64, 64, 96, Pool.AVERAGE, 32),
          new Module("3b", 64, 64, 96, 64, 96, Pool.AVERAGE, 64),
          new Module("3c", 0, 128, 160, 64, 96, Pool.MAX, 0),
          new Module("4a", 224, 64, 96, 96, 128, Pool.AVERAGE, 128),
          new Module("4b", 192, 96, 128, 96, 128, Pool.AVERAGE, 128),
          new Module("4c", 160, 128, 160, 128, 160, Pool.AVERAGE, 128),
          new Module("4d", 96, 128, 192, 160, 192, Pool.AVERAGE, 128),
          new Module("4e", 0, 128, 192, 192, 256, Pool.MAX, 0),
          new Module("5a", 352, 192, 320, 160, 224, Pool.AVERAGE, 128),
          new Module("5b", 352, 192, 320, 192, 224, Pool.MAX, 128));

  /** One module of the small form; without a 1x1 branch it halves the map. */
  private record SmallModule(String name, int single, int filters) {}

  private static final List<SmallModule> SMALL_MODULES =
      List.of(
          new SmallModule("3a", 32, 32),
          new SmallModule("3b", 32, 48),
          new SmallModule("3c", 0, 80),
          new SmallModule("4a", 112, 48),
          new SmallModule("4b", 96, 64),
          new SmallModule("4c", 80, 80),
          new SmallModule("4d", 48, 96),
          new SmallModule("4e", 0, 96),
          new SmallModule("5a", 176, 160),
          new SmallModule("5b", 176, 160));

  @Override
  public String name() {
    return "inception-bn";
  }

  @Override
  public String summary() {
    return "Inception with batch normalisation, large or small images (Ioffe and Szegedy, 2015)";
  }

  @Override
  public Options defaults() {
    return new Options(false);
  }

  @Override
  public List<String> examples() {
    return List.of("inception-bn", "inception-bn-small");
  }

  @Override
  public Options variant(String variant) {
    return switch (variant) {
      case "" -> defaults();
      case "small" -> new Options(true);
      default ->
          throw new InvalidOptionException(
              "variant", "'" + variant + "'", "inception-bn or inception-bn-small");
    };
  }

  @Override
  public Network create(Options options, ImageShape input, int classes) {
    if (options.smallImages()) {
      Variants.requireAtLeast(name() + "-small", input, 8);
      return (nn, images) -> classified(classes, nn, small(nn, images));
    }
    Variants.requireAtLeast(name(), input, 32);
    return (nn, images) -> classified(classes, nn, large(nn, images));
  }

  private static Operand<TFloat32> classified(int classes, Layers nn, Operand<TFloat32> x) {
    Operand<TFloat32> pooled = nn.tap(Taps.POOLED, nn.globalAvgPool(x)); // [B, C]
    return nn.dense("last_linear", pooled, classes); // [B, classes]
  }

  private static Operand<TFloat32> large(Layers nn, Operand<TFloat32> images) {
    Map<String, String> stages = Map.of("3b", "stage3", "4b", "stage4", "5b", "stage5");
    Operand<TFloat32> x = normalised(nn, "conv1_7x7_s2", images, Conv.of(64, 7).stride(2));
    x = nn.maxPoolRoundedUp(nn.tappedRelu("stage1", x), 3, 2);
    x = nn.relu(normalised(nn, "conv2_3x3_reduce", x, Conv.of(64, 1)));
    x = nn.tappedRelu("stage2", normalised(nn, "conv2_3x3", x, Conv.of(192, 3)));
    x = nn.maxPoolRoundedUp(x, 3, 2);
    for (Module module : MODULES) {
      x = activated(nn, module.name(), stages, branches(nn, module, x));
    }
    return x;
  }

  private static Operand<TFloat32> small(Layers nn, Operand<TFloat32> images) {
    Map<String, String> stages = Map.of("3b", "stage1", "4d", "stage2", "5b", "stage3");
    Operand<TFloat32> x = nn.relu(normalised(nn, "conv1", images, Conv.of(96, 3)));
    nn.stem();
    for (SmallModule module : SMALL_MODULES) {
      x = activated(nn, module.name(), stages, branches(nn, module, x));
    }
    return x;
  }

  /** The ReLU of a module and its taps. It leaves a pooled branch, never negative, as it is. */
  private static Operand<TFloat32> activated(
      Layers nn, String module, Map<String, String> stages, List<Operand<TFloat32>> branches) {
    Operand<TFloat32> joined = nn.concat(branches);
    Operand<TFloat32> x = nn.tappedRelu("inception" + module, joined);
    String stage = stages.get(module);
    if (stage != null) {
      nn.tap(stage + Taps.PRE_RELU, joined);
      x = nn.tap(stage, x);
    }
    return x;
  }

  private static List<Operand<TFloat32>> branches(Layers nn, Module module, Operand<TFloat32> x) {
    String name = "inception_" + module.name();
    List<Operand<TFloat32>> branches = new ArrayList<>();
    if (module.single() > 0) {
      branches.add(normalised(nn, name + "_1x1", x, Conv.of(module.single(), 1)));
    }
    Operand<TFloat32> y =
        nn.relu(normalised(nn, name + "_3x3_reduce", x, Conv.of(module.reduce(), 1)));
    Conv last = Conv.of(module.filters(), 3).stride(module.stride());
    branches.add(normalised(nn, name + "_3x3", y, last));

    Conv twice = Conv.of(module.doubleFilters(), 3);
    y = nn.relu(normalised(nn, name + "_double_3x3_reduce", x, Conv.of(module.doubleReduce(), 1)));
    y = nn.relu(normalised(nn, name + "_double_3x3_1", y, twice));
    branches.add(normalised(nn, name + "_double_3x3_2", y, twice.stride(module.stride())));

    Operand<TFloat32> pooled =
        module.pool() == Pool.AVERAGE
            ? nn.avgPool(x, 3, 1, 1)
            : nn.maxPoolRoundedUp(x, 3, module.stride());
    branches.add(
        module.projection() == 0
            ? pooled
            : normalised(nn, name + "_pool_proj", pooled, Conv.of(module.projection(), 1)));
    return branches;
  }

  private static List<Operand<TFloat32>> branches(
      Layers nn, SmallModule module, Operand<TFloat32> x) {
    String name = "inception_" + module.name();
    Conv conv = Conv.of(module.filters(), 3);
    if (module.single() == 0) {
      return List.of(normalised(nn, name + "_3x3", x, conv.stride(2)), nn.maxPool(x, 3, 2, 1));
    }
    return List.of(
        normalised(nn, name + "_1x1", x, Conv.of(module.single(), 1)),
        normalised(nn, name + "_3x3", x, conv));
  }

  /** A convolution, which has a bias as in every published form, and its normalisation. */
  private static Operand<TFloat32> normalised(
      Layers nn, String name, Operand<TFloat32> x, Conv conv) {
    return nn.batchNorm(name + "_bn", nn.conv(name, x, conv.withBias()));
  }
}
