package org.kt4j.detection.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.data.Share;
import org.kt4j.detection.DetectionModule;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.graph.FasterRcnnOptions;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.objective.ObjectiveTerms;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.Replication;
import org.kt4j.engine.step.DistillationStep;

@Tag("slow")
class OverfittingTest {

  private static final Normalization NORMALIZATION =
      new Normalization(List.of(0.47, 0.47, 0.47), List.of(0.2, 0.2, 0.2));

  @Test
  void eight_pictures_are_learnt_by_heart() {
    Injector injector = Guice.createInjector(new KtModule(), new DetectionModule());
    ExperimentConfig config =
        injector
            .getInstance(ExperimentReader.class)
            .parse(
                "test",
                """
                data: {name: shapes}
                student:
                  network: faster-rcnn
                  backbone: {network: imagenet-resnet-10, width: 16}
                  tap: stage3
                  height: 96
                  width: 128
                  anchor-scales: [32]
                  rpn-channels: 64
                  head-units: 64
                  proposals: 50
                  sampled-regions: 32
                  scale-jitter: 0
                phases:
                  - name: detect
                    epochs: 1
                    objective: [{preset: faster-rcnn}]
                optimizer: {name: adam, learning-rate: 0.002}
                """);
    FasterRcnnOptions options = (FasterRcnnOptions) config.student().options();
    FasterRcnn detector =
        new FasterRcnn(
            injector
                .getInstance(Networks.class)
                .create(
                    options.backbone().network(),
                    options.backbone().options(),
                    new ImageShape(96, 128, 3),
                    2),
            options,
            NORMALIZATION,
            2);
    var terms =
        new ObjectiveTerms(injector.getInstance(Methods.class))
            .check(
                config.phases(),
                new ObjectiveTerms.Batches(config.batchSize(), 1, Replication.ALONE),
                detector.picture(),
                detector.studentGraph(1),
                List.of())
            .phases()
            .get(0);
    double[] scores = new double[2];

    try (PictureScaling scaling = new PictureScaling(detector.picture(), NORMALIZATION);
        DetectionGraph graph =
            new DetectionGraph(
                detector,
                new DistillationStep.Blueprint(Map.of(), terms, config.optimizer(), 1),
                1)) {
      ScaledPictures pictures = new ScaledPictures(new PaintedBoxes(8, 96, 128, 5), scaling);
      scores[0] =
          Finder.scores(pictures, graph.finder().findAll(pictures, Replicas.one())).vocArea();
      try (DetectionBatches batches =
          new DetectionBatches(
              pictures,
              detector.picture(),
              PictureScaling.fill(NORMALIZATION),
              4,
              RandomTransform.Range.NONE,
              0,
              1,
              Share.WHOLE)) {
        int step = 0;
        for (int epoch = 0; epoch < 150; epoch++) {
          Iterator<DetectionBatch> epochs = batches.epoch(epoch);
          while (epochs.hasNext()) {
            graph.step(epochs.next(), epoch < 100 ? 0.002 : 0.0005, step++);
          }
        }
      }
      scores[1] =
          Finder.scores(pictures, graph.finder().findAll(pictures, Replicas.one())).vocArea();
    }

    assertThat(scores[0]).isLessThan(0.2);
    assertThat(scores[1]).isGreaterThan(0.95);
  }
}
