package org.kt4j.detection.training;

import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.graph.FasterRcnnOptions;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.training.ExperimentKind;
import org.kt4j.engine.training.Learning;
import org.kt4j.engine.training.ObjectiveTerms;
import org.kt4j.engine.training.Term;

/**
 * Training steps of a detector that learns alone, one by one, with the graph and the batches of a
 * training run: for those who measure them.
 */
public final class DetectorSteps implements AutoCloseable {

  private final FasterRcnn detector;
  private final Normalization normalization;
  private final DetectionDataset pictures;
  private final int batchSize;
  private final PictureScaling scaling;
  private final DetectionGraph graph;
  private final DetectionBatches batches;
  private Iterator<DetectionBatch> coming = Collections.emptyIterator();
  private @Nullable DetectionBatch last;
  private int epochs;
  private long done;

  /**
   * Opens the data of an experiment and builds the graph of its first phase.
   *
   * @param config whose student is a detector; its terms need no teacher
   * @throws org.kt4j.engine.config.ConfigurationException when the configuration does not hold
   *     together
   */
  public DetectorSteps(ExperimentConfig config, ExperimentKind.Known known) {
    pictures = DetectionKind.data(config, known).train();
    detector = DetectionKind.detector(config, pictures.classes().size(), known);
    normalization = DetectionKind.normalization(config, known);
    batchSize = config.batchSize();
    List<Term> terms =
        new ObjectiveTerms(known.methods())
            .check(config.phases(), detector.picture(), detector.learner(config.seed()), List.of())
            .phases()
            .get(0);
    scaling = new PictureScaling(detector.picture(), normalization);
    try {
      graph =
          new DetectionGraph(
              detector,
              new Learning.Blueprint(Map.of(), terms, config.optimizer(), 0),
              config.seed());
    } catch (RuntimeException | Error e) {
      scaling.close();
      throw e;
    }
    batches =
        new DetectionBatches(
            new ScaledPictures(pictures, scaling),
            detector.picture(),
            PictureScaling.fill(normalization),
            batchSize,
            config.augmentation().flip(),
            detector.options().scaleJitter(),
            config.augmentation().cropPadding(),
            config.seed());
  }

  /**
   * A step on the next batch, as in a training run; epoch follows epoch.
   *
   * @param rate the learning rate
   */
  public void next(double rate) {
    if (!coming.hasNext()) {
      coming = batches.epoch(epochs++);
    }
    step(coming.next(), rate);
  }

  /**
   * A step on the batch of the last one, which is there already.
   *
   * @param rate the learning rate
   * @throws IllegalStateException when there was none
   */
  public void again(double rate) {
    DetectionBatch batch = last;
    if (batch == null) {
      throw new IllegalStateException("no step was made yet");
    }
    step(batch, rate);
  }

  private void step(DetectionBatch batch, double rate) {
    graph.step(batch, rate, done++);
    last = batch;
  }

  /** Nanoseconds that the steps so far have spent inside {@code Session.run}. */
  public long nanosInSession() {
    return graph.learning().nanosInSession();
  }

  /**
   * Multiplications and additions, each counted, of the forward pass over one training picture:
   * backbone up to the map, region proposal network, and the head on the regions that are learnt
   * from; convolutions and dense layers only.
   */
  public long flopsPerPicture() {
    FasterRcnnOptions options = detector.options();
    long unseen = (long) options.proposals() - options.sampledRegions();
    return graph.finder().flopsPerImage() - unseen * graph.finder().flopsPerRegion();
  }

  /** Pictures of a step. */
  public int batchSize() {
    return batchSize;
  }

  /** What learns. */
  public FasterRcnn detector() {
    return detector;
  }

  /** The mean and deviation that its pictures are normalised by. */
  public Normalization normalization() {
    return normalization;
  }

  /** What it learns from. */
  public DetectionDataset pictures() {
    return pictures;
  }

  /** The detector's weights after the steps so far. */
  public Weights weights() {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    for (Variable variable : graph.learning().student().all()) {
      arrays.put(
          variable.name(),
          Weights.Array.ofTensorFlow(
              variable.kind(), variable.shape(), graph.graph().read(variable)));
    }
    return new Weights("a detector after " + done + " steps", arrays);
  }

  @Override
  public void close() {
    batches.close();
    graph.close();
    scaling.close();
  }
}
