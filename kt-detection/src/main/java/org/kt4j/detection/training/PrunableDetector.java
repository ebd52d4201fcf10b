package org.kt4j.detection.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.Augmentation;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.data.Split;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.data.DetectionSplits;
import org.kt4j.detection.data.LabelledBox;
import org.kt4j.detection.export.DetectorExport;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.graph.FasterRcnnOptions;
import org.kt4j.engine.experiment.NetworkConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.task.AnsweringModel;
import org.kt4j.engine.task.PrunableNetwork;
import org.kt4j.engine.task.PruneSource;
import org.kt4j.engine.teacher.LazyWeights;
import org.kt4j.engine.teacher.Weights;

/** A detector that is pruned, looked at with training pictures and their objects. */
final class PrunableDetector implements PrunableNetwork {

  /** Pictures that speed is measured on at most. */
  private static final int TIMED = 20;

  private final DetectorFactory detectors;
  private final PruneSource of;
  private final LazyWeights weights;
  private final DetectionSplits data;
  private final Normalization normalization;
  private final long seed;
  private final FasterRcnn whole;
  private final PictureScaling scaling;
  private final ScaledPictures train;

  /**
   * Opens a detector for pruning.
   *
   * @param data that it is tried on
   * @param normalization of its input
   * @param seed of the choice of anchors and regions
   * @throws ConfigurationException when the network is no detector
   */
  PrunableDetector(
      DetectorFactory detectors,
      PruneSource of,
      DetectionSplits data,
      Normalization normalization,
      long seed) {
    this.detectors = detectors;
    this.of = of;
    this.weights = new LazyWeights(of.weights());
    this.data = data;
    this.normalization = normalization;
    this.seed = seed;
    this.whole = detector(of.network());
    this.scaling = new PictureScaling(whole.picture(), normalization);
    this.train = new ScaledPictures(data.train(), scaling);
  }

  private FasterRcnn detector(NetworkConfig network) {
    return detectors.detector("student", network, normalization, data.train().classes().size());
  }

  @Override
  public String source() {
    return of.described();
  }

  @Override
  public ImageShape shape() {
    return whole.picture();
  }

  @Override
  public Weights weights() {
    return weights.get();
  }

  @Override
  public Map<String, Integer> widths() {
    return whole.options().widths();
  }

  @Override
  public NetworkConfig with(Map<String, Integer> widths) {
    FasterRcnnOptions options = whole.options().with(widths);
    return new NetworkConfig(of.network().network(), options);
  }

  @Override
  public Built build(ImageGraph graph, Variables variables, Map<String, Integer> widths) {
    return detector(with(widths)).examined(graph, variables, seed);
  }

  @Override
  public ImageDataset training() {
    return new WholePictures(train, whole.picture());
  }

  @Override
  public ImageGraph.Feed feed(int[] pictures) {
    int bytes = shape().bytes();
    byte[] images = new byte[pictures.length * bytes];
    float[] areas = new float[2 * pictures.length];
    List<List<LabelledBox>> objects = new ArrayList<>();
    for (int i = 0; i < pictures.length; i++) {
      PictureScaling.Scaled scaled = train.picture(pictures[i]);
      System.arraycopy(scaled.pixels(), 0, images, i * bytes, bytes);
      areas[2 * i] = scaled.height();
      areas[2 * i + 1] = scaled.width();
      objects.add(train.objects(pictures[i]));
    }
    DetectionBatch batch = new DetectionBatch(images, objects, areas, pictures, Augmentation.FRESH);
    return (runner, pixels) -> batch.into(runner);
  }

  /** The losses are means over what is sampled of all pictures. */
  @Override
  public int together() {
    return 1;
  }

  @Override
  public double score(Map<String, Integer> widths, Weights own, Split split) {
    try (Detector detector = new Detector(detector(with(widths)), normalization, own)) {
      return detector.evaluate(data.part(split), done -> {}).vocArea();
    }
  }

  @Override
  public AnsweringModel.Speed speed(Map<String, Integer> widths, Weights own) {
    DetectionDataset heldOut = data.heldOut();
    return DetectorExport.speed(
        detector(with(widths)),
        normalization,
        own,
        IntStream.range(0, Math.min(TIMED, heldOut.size())).mapToObj(heldOut::pixels).toList());
  }

  @Override
  public void close() {
    scaling.close();
  }
}
