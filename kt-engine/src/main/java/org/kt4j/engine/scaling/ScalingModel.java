package org.kt4j.engine.scaling;

/**
 * What synchronous data-parallel training costs. After each step N workers exchange P numbers in a
 * ring. In each of its {@code 2 (N - 1)} phases every worker sends {@code P / N} numbers to the
 * next one and adds up or copies as many of the one before:
 *
 * <pre>exchange = 2 (N - 1) / N * P * (4 bytes / bandwidth + c) + 2 (N - 1) * latency * (1 + s)
 * </pre>
 *
 * <p>c is what a worker computes for each number that it sends. The vectors that P is packed into
 * are under way at the same time, so that their latencies do not add up. Those of s further
 * exchanges do, which a step waits for one after another: batch normalisation with the statistics
 * of all workers. The exchange begins when all gradients are there.
 *
 * @param bitsPerSecond of the network between any two workers, in each direction; may be infinite
 * @param latency seconds of a phase in which next to nothing is sent
 * @param cpuPerNumber c, in seconds
 * @param numbers P
 * @param further s
 */
public record ScalingModel(
    double bitsPerSecond, double latency, double cpuPerNumber, long numbers, int further) {

  /**
   * The seconds that an exchange takes.
   *
   * @param workers 1 or more; one exchanges nothing
   */
  public double exchange(int workers) {
    double sent = 2.0 * (workers - 1) / workers * numbers;
    int phases = 2 * (workers - 1);
    return sent * (Float.SIZE / bitsPerSecond + cpuPerNumber) + phases * latency * (1 + further);
  }

  /**
   * What a number of workers comes to.
   *
   * @param pictures of each worker in a step
   * @param step seconds of such a step without an exchange
   */
  public Prediction predicted(int workers, int pictures, double step) {
    return new Prediction(workers, pictures, step, exchange(workers));
  }

  /**
   * A training by some workers.
   *
   * @param workers how many
   * @param pictures of each in a step
   * @param step seconds of a step without the exchange
   * @param exchange seconds of the exchange
   */
  public record Prediction(int workers, int pictures, double step, double exchange) {

    /** Of all workers together. */
    public double picturesPerSecond() {
      return (double) workers * pictures / (step + exchange);
    }

    /**
     * How many times as many pictures a second as another training.
     *
     * @param alone by one worker
     */
    public double speedUp(Prediction alone) {
      return picturesPerSecond() / alone.picturesPerSecond();
    }
  }
}
