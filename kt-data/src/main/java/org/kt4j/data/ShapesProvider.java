package org.kt4j.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@code shapes}: coloured, textured silhouettes on cluttered grounds, painted in memory; needs no
 * file. Ten classes, of which each has every tenth image. Image {@code i} of a split is a pure
 * function of (seed, split, {@code i}, size): more images keep the first ones.
 *
 * <p>How hard it is for which network is what {@code configs/quickstart} measures; the README has
 * the numbers.
 */
public final class ShapesProvider implements DatasetProvider<ShapesOptions> {

  private static final long TRAIN = 1;
  private static final long TEST = 2;

  /** For {@link java.util.ServiceLoader}. */
  public ShapesProvider() {}

  @Override
  public String name() {
    return "shapes";
  }

  @Override
  public String summary() {
    return "procedural textured silhouettes on cluttered grounds, 10 classes, any number, no files";
  }

  @Override
  public ShapesOptions defaults() {
    return new ShapesOptions(4_000, 1_000, 400, 32, 1);
  }

  @Override
  public DataSplits open(ShapesOptions options) {
    HeapRoom.require(
        name(),
        (long) options.train() + options.test(),
        new ImageShape(options.size(), options.size(), 3),
        "fewer images or a smaller size");
    return SplitDraw.draw(
        name(),
        paint("train", TRAIN, options.train(), options),
        paint("test", TEST, options.test(), options),
        options.train(),
        options.heldOut(),
        options.test(),
        "the generator");
  }

  /** Measured over the training images of the defaults. */
  @Override
  public Normalization defaultNormalization() {
    return new Normalization(List.of(0.4914, 0.4937, 0.4933), List.of(0.1957, 0.1962, 0.1959));
  }

  private MemoryImages paint(String split, long splitKey, int count, ShapesOptions options) {
    Silhouette[] silhouettes = Silhouette.values();
    int size = options.size();
    int[] labels = IntStream.range(0, count).map(index -> index % silhouettes.length).toArray();
    byte[][] images =
        IntStream.range(0, count)
            .parallel()
            .mapToObj(
                index ->
                    ShapePainter.paint(
                        labels[index], size, DrawKey.random(options.seed(), splitKey, index)))
            .toArray(byte[][]::new);
    return new MemoryImages(
        name() + " " + split,
        new ImageShape(size, size, 3),
        Arrays.stream(silhouettes).map(Silhouette::label).toList(),
        images,
        labels);
  }
}
