package org.kt4j.speed;

/** The arithmetic of a detector's training step beside that of one large matrix product. */
final class DetectorThroughput implements Section {

  @Override
  public String name() {
    return "throughput";
  }

  @Override
  public Outcome measure(Workbench bench) {
    Settings settings = bench.settings();
    try (MatrixProduct product = new MatrixProduct(settings.matrix());
        DetectorSubject steps = DetectorSubject.open(bench)) {
      product.check();
      steps.next();
      var seconds = bench.rounds().seconds(product::run, () -> steps.again());
      double stepFlops =
          (double) Throughput.PASSES * steps.flopsPerPicture() * DetectorSubject.BATCH;
      Samples step = seconds.get(1);
      Samples productRate = seconds.get(0).map(s -> product.flops() / s / 1e9);
      Samples stepRate = step.map(s -> stepFlops / s / 1e9);
      String subject = "detector step, batch " + DetectorSubject.BATCH;
      String size = settings.matrix() + "x" + settings.matrix();
      return Outcome.of(
          Figure.of(name(), "matrix product " + size + " by " + size, "GFLOP/s", productRate),
          Figure.of(name(), subject, "ms", step.map(s -> 1e3 * s)),
          Figure.of(name(), subject, "pictures/s", step.map(s -> DetectorSubject.BATCH / s)),
          Figure.of(name(), subject, "GFLOP/s", stepRate)
              .noting(
                  Throughput.PASSES
                      + " x "
                      + steps.flopsPerPicture()
                      + " FLOP x "
                      + DetectorSubject.BATCH),
          Figure.of(name(), "step over product", "", stepRate.over(productRate)));
    }
  }
}
