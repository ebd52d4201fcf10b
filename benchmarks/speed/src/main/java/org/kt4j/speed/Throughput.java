package org.kt4j.speed;

import java.util.List;
import org.kt4j.data.Batch;
import org.kt4j.imagelevel.NetworkGraph;

/** The arithmetic of a training step beside that of one large matrix product. */
final class Throughput implements Section {

  /** Forward, gradient of the activations, gradient of the weights: each as much work. */
  static final int PASSES = 3;

  @Override
  public String name() {
    return "throughput";
  }

  @Override
  public Outcome measure(Workbench bench) {
    Settings settings = bench.settings();
    try (MatrixProduct product = new MatrixProduct(settings.matrix());
        NetworkGraph graph = bench.alone(settings.student());
        Batches batches = new Batches(bench.stream())) {
      product.check();
      Batch batch = batches.next();
      List<Samples> seconds =
          bench.rounds().seconds(product::run, () -> graph.step(batch, Workbench.LEARNING_RATE, 0));
      double stepFlops = (double) PASSES * graph.studentFlopsPerImage() * batch.size();
      Samples step = seconds.get(1);
      Samples productRate = seconds.get(0).map(s -> product.flops() / s / 1e9);
      Samples stepRate = step.map(s -> stepFlops / s / 1e9);
      String subject = settings.student() + " step, batch " + batch.size();
      String size = settings.matrix() + "x" + settings.matrix();
      return Outcome.of(
          Figure.of(name(), "matrix product " + size + " by " + size, "GFLOP/s", productRate),
          Figure.of(name(), subject, "ms", step.map(s -> 1e3 * s)),
          Figure.of(name(), subject, "images/s", step.map(s -> batch.size() / s)),
          Figure.of(name(), subject, "GFLOP/s", stepRate)
              .noting(PASSES + " x " + graph.studentFlopsPerImage() + " FLOP x " + batch.size()),
          Figure.of(name(), "step over product", "", stepRate.over(productRate))
              .wanted(Figure.Target.atLeast(0.70)));
    }
  }
}
