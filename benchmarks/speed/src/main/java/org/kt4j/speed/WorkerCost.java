package org.kt4j.speed;

import java.util.List;
import org.kt4j.engine.scaling.ExchangeCost;
import org.kt4j.engine.scaling.LocalExchange;
import org.kt4j.engine.scaling.ScalingModel;

/**
 * What a step of two workers with one thread each takes, against a step of one such worker, and
 * what the cost model says of it.
 */
final class WorkerCost implements Section {

  private static final int WORKERS = 2;

  private final String network;
  private final int size;

  /**
   * Of one network.
   *
   * @param size of the pictures
   */
  WorkerCost(String network, int size) {
    this.network = network;
    this.size = size;
  }

  @Override
  public String name() {
    return network;
  }

  @Override
  public Outcome measure(Workbench bench) {
    boolean quick = bench.settings().quick();
    int pictures = quick ? 4 : WorkerThroughput.OF_WORKER;
    int rounds = quick ? 1 : 3;
    double[] one = new double[rounds];
    double[] two = new double[rounds];
    double[] cpuOfOne = new double[rounds];
    double[] cpuOfTwo = new double[rounds];
    double[] exchange = new double[rounds];
    double[] cpuOfExchange = new double[rounds];
    double[] predicted = new double[rounds];
    for (int r = 0; r < rounds; r++) {
      WorkerStep alone = WorkerStep.of(1, network, pictures, size).get(0);
      List<WorkerStep> both = WorkerStep.of(WORKERS, network, pictures, size);
      ExchangeCost cost = LocalExchange.measure(alone.sizes(), 1);
      one[r] = 1e3 * alone.taken().seconds();
      cpuOfOne[r] = 1e3 * alone.taken().cpuSeconds();
      two[r] = 1e3 * both.get(0).taken().seconds();
      cpuOfTwo[r] =
          1e3
              * both.stream()
                  .mapToDouble(each -> each.taken().cpuSeconds())
                  .average()
                  .orElseThrow();
      exchange[r] = 1e3 * cost.values().seconds();
      cpuOfExchange[r] = 1e3 * cost.values().cpuSeconds();
      predicted[r] = one[r] + 1e3 * model(cost).exchange(WORKERS);
    }
    Samples step = new Samples(one);
    Samples shared = new Samples(two);
    Samples model = new Samples(predicted);
    return Outcome.of(
        Figure.of(
            name(),
            "pictures a second, two workers over one",
            "",
            step.over(shared).map(ratio -> WORKERS * ratio)),
        Figure.of(name(), "step, one worker", "ms", step),
        Figure.of(name(), "step, two workers", "ms", shared),
        Figure.of(name(), "processor time of a step, one worker", "ms", new Samples(cpuOfOne)),
        Figure.of(name(), "processor time of a step, each of two", "ms", new Samples(cpuOfTwo)),
        Figure.of(name(), "exchange alone", "ms", new Samples(exchange)),
        Figure.of(name(), "processor time of it, each of two", "ms", new Samples(cpuOfExchange)),
        Figure.of(
            name(),
            "exchange alone over the step of two",
            "%",
            new Samples(exchange).over(shared).map(share -> 100 * share)),
        Figure.of(name(), "step, two workers, by the model", "ms", model),
        Figure.of(name(), "step of two, measured over model", "", shared.over(model)));
  }

  /** Within one machine. */
  private static ScalingModel model(ExchangeCost cost) {
    return new ScalingModel(
        Double.POSITIVE_INFINITY, cost.latency(), cost.cpuPerNumber(), cost.values().numbers(), 0);
  }
}
