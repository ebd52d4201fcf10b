package org.kt4j.speed;

import java.util.HashMap;
import java.util.Map;
import org.kt4j.data.Batch;
import org.kt4j.imagelevel.NetworkGraph;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * What a training step could reach if everything but its convolutions were free: the time of the
 * convolution operations alone, from TensorFlow's own trace, beside a large matrix product.
 *
 * <p>The time of an operation is its least over the traced steps; operations that ran side by side
 * count with their full times, so the sum can exceed the step's.
 */
final class ConvolutionBound implements Section {

  private static final RunOptions TRACED =
      RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build();

  @Override
  public String name() {
    return "bound";
  }

  @Override
  public Outcome measure(Workbench bench) {
    Settings settings = bench.settings();
    try (MatrixProduct product = new MatrixProduct(settings.matrix());
        NetworkGraph graph = bench.alone(settings.student());
        Batches batches = new Batches(bench.stream())) {
      Batch batch = batches.next();
      Samples productRate =
          bench
              .rounds()
              .seconds(product::run, () -> graph.step(batch, Workbench.LEARNING_RATE, 0))
              .get(0)
              .map(s -> product.flops() / s / 1e9);
      Map<String, Long> least = new HashMap<>();
      Map<String, Boolean> convolutions = new HashMap<>();
      for (int i = 0; i < settings.rounds(); i++) {
        trace(graph, batch, least, convolutions);
      }
      double all = least.values().stream().mapToLong(Long::longValue).sum() / 1e6;
      double own =
          least.entrySet().stream()
                  .filter(entry -> convolutions.getOrDefault(entry.getKey(), false))
                  .mapToLong(Map.Entry::getValue)
                  .sum()
              / 1e6;
      double flops = (double) Throughput.PASSES * graph.studentFlopsPerImage() * batch.size();
      Samples bound = productRate.map(r -> flops / own / 1e9 / r);
      return Outcome.of(
          Figure.of(name(), "all operations of a step", "ms", 1e3 * all)
              .noting("sum of op times, least of " + settings.rounds() + " traced steps"),
          Figure.of(name(), "convolutions and gradients", "ms", 1e3 * own).noting("of these"),
          Figure.of(name(), "convolutions and gradients", "GFLOP/s", flops / own / 1e9),
          Figure.of(name(), "convolutions alone over product", "", bound)
              .noting("what a step could reach if all else were free"));
    }
  }

  private static void trace(
      NetworkGraph graph, Batch batch, Map<String, Long> least, Map<String, Boolean> convolutions) {
    try (TUint8 images = graph.graph().tensor(batch.images(), batch.size());
        TInt32 labels = TInt32.tensorOf(Shape.of(batch.size()), DataBuffers.of(batch.labels()));
        TFloat32 rate = TFloat32.scalarOf((float) Workbench.LEARNING_RATE);
        TInt64 step = TInt64.scalarOf(0);
        Result result =
            graph
                .graph()
                .runner()
                .feed("images", images)
                .feed("labels", labels)
                .feed("learning-rate", rate)
                .feed("step", step)
                .fetch("training/report")
                .addTarget("training/step-done")
                .setOptions(TRACED)
                .runAndFetchMetadata()) {
      for (DeviceStepStats device :
          result.getMetadata().orElseThrow().getStepStats().getDevStatsList()) {
        for (NodeExecStats node : device.getNodeStatsList()) {
          least.merge(
              node.getNodeName(), node.getOpEndRelMicros() - node.getOpStartRelMicros(), Math::min);
          convolutions.put(node.getNodeName(), node.getTimelineLabel().contains("Conv2D"));
        }
      }
    }
  }
}
