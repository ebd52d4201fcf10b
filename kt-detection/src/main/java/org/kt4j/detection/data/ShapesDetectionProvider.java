package org.kt4j.detection.data;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.kt4j.data.DataSplits;
import org.kt4j.data.DrawKey;
import org.kt4j.data.HeapRoom;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.data.Picture;
import org.kt4j.data.ShapeScene;
import org.kt4j.data.ShapesProvider;
import org.kt4j.data.Silhouette;

/**
 * {@code shapes-detection}: several coloured, textured silhouettes on one cluttered ground, painted
 * in memory; needs no file. Four classes; objects of 0.15 to 0.6 of the picture's shorter side that
 * hardly overlap. Picture {@code i} of a split is a pure function of (seed, split, {@code i}) and
 * the sizes: more pictures keep the first ones. Boxes are tight.
 */
public final class ShapesDetectionProvider
    implements DetectionDatasetProvider<ShapesDetectionOptions> {

  // Told apart by their outline however they are turned; none is what clutter is made of.
  private static final List<Silhouette> CLASSES =
      List.of(Silhouette.TRIANGLE, Silhouette.CROSS, Silhouette.RING, Silhouette.HEART);

  private static final long TRAIN = 1;
  private static final long TEST = 2;

  /** Keeps the pictures apart from those of {@code shapes} of the same seed. */
  private static final long SCENES = 3;

  /** For {@link java.util.ServiceLoader}. */
  public ShapesDetectionProvider() {}

  @Override
  public String name() {
    return "shapes-detection";
  }

  @Override
  public String summary() {
    return "pictures with boxes: procedural silhouettes on cluttered grounds, 4 classes, no files";
  }

  @Override
  public ShapesDetectionOptions defaults() {
    return new ShapesDetectionOptions(600, 100, 100, 128, 160, 1, 4, 1, 32);
  }

  @Override
  public DetectionSplits openDetection(ShapesDetectionOptions options) {
    HeapRoom.require(
        name(),
        (long) options.train() + options.test(),
        new ImageShape(options.height(), options.width(), 3),
        "fewer or smaller pictures");
    return new DetectionSplits(
        paint("train", TRAIN, options.heldOut(), options.train(), options),
        paint("held-out", TRAIN, 0, options.heldOut(), options),
        paint("test", TEST, 0, options.test(), options));
  }

  @Override
  public DataSplits open(ShapesDetectionOptions options) {
    return ObjectCrops.of(name(), openDetection(options), options.cropSize());
  }

  /** The numbers of {@code shapes}, which is painted in the same way. */
  @Override
  public Normalization defaultNormalization() {
    return new ShapesProvider().defaultNormalization();
  }

  private PaintedScenes paint(
      String split, long splitKey, int from, int to, ShapesDetectionOptions options) {
    List<ShapeScene> scenes =
        IntStream.range(from, to)
            .parallel()
            .mapToObj(
                index -> {
                  SplittableRandom random = DrawKey.random(options.seed(), SCENES, splitKey, index);
                  int span = options.maxObjects() - options.minObjects() + 1;
                  int objects = options.minObjects() + DrawKey.below(random, span);
                  return ShapeScene.paint(
                      options.height(), options.width(), CLASSES, objects, random);
                })
            .toList();
    return new PaintedScenes(name() + " " + split, from, scenes);
  }

  /** Scenes on the heap. */
  private static final class PaintedScenes implements DetectionDataset {
    private final String name;
    private final int first;
    private final List<ShapeScene> scenes;

    PaintedScenes(String name, int first, List<ShapeScene> scenes) {
      this.name = name;
      this.first = first;
      this.scenes = scenes;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public List<String> classes() {
      return CLASSES.stream().map(Silhouette::label).toList();
    }

    @Override
    public int size() {
      return scenes.size();
    }

    /** The number under which it was painted. */
    @Override
    public String picture(int index) {
      return String.valueOf(first + index);
    }

    @Override
    public List<LabelledBox> objects(int index) {
      return scenes.get(index).shapes().stream().map(PaintedScenes::object).toList();
    }

    private static LabelledBox object(ShapeScene.Shape shape) {
      Box box = new Box(shape.left(), shape.top(), shape.right(), shape.bottom());
      return new LabelledBox(box, CLASSES.indexOf(shape.silhouette()), false);
    }

    @Override
    public Picture pixels(int index) {
      ShapeScene scene = scenes.get(index);
      return new Picture(scene.height(), scene.width(), scene.pixels());
    }

    @Override
    public String toString() {
      return name + ": " + scenes.size() + " pictures";
    }
  }
}
