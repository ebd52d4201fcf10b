package org.kt4j.spark;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;

/**
 * {@code train CONFIG --workers N}: one training by several workers, which Spark starts together.
 */
final class TrainJob implements Job {

  private static final String WORKERS = "--workers";
  private static final String PORTS = "--ports";
  private static final String RESTARTS = "--restarts";
  private static final String WAIT = "--wait";

  static final Set<String> OPTIONS = Set.of(WORKERS, PORTS, RESTARTS, WAIT);

  private static final int DEFAULT_WAIT_SECONDS = 60;
  private static final int POLL_MILLIS = 200;
  private static final int SYNC_SECONDS = 300;

  private final KtInstallation kt;
  private final List<String> arguments;
  private final int workers;
  private final PortRange ports;
  private final int restarts;
  private final int waitSeconds;

  TrainJob(KtInstallation kt, Arguments given) {
    this.kt = kt;
    this.arguments = given.rest();
    if (arguments.isEmpty() || arguments.get(0).startsWith("-")) {
      throw new BadInputException("train: the configuration is missing; it stands after 'train'");
    }
    if (arguments.stream().anyMatch(each -> each.matches("--rank(=.*)?"))) {
      throw new BadInputException("--rank: is given to each worker by its task; fix: leave it out");
    }
    if (given.value(WORKERS).isEmpty()) {
      throw new BadInputException(
          WORKERS + ": is missing; allowed: the number of workers, each a task of Spark");
    }
    this.workers = given.number(WORKERS, 1, 1);
    this.ports = PortRange.of(given.value(PORTS).orElse(PortRange.DEFAULT));
    this.restarts = given.number(RESTARTS, 0, 0);
    this.waitSeconds = given.number(WAIT, 0, DEFAULT_WAIT_SECONDS);
  }

  @Override
  public String name() {
    return "kt train " + arguments.get(0);
  }

  @Override
  public void configure(SparkConf conf) {
    // Spark would run a stage that failed three times more, however long each takes and whatever
    // the reason was. Which failures are worth it is decided here.
    conf.set("spark.stage.maxConsecutiveAttempts", "1");
    // Without it a worker waits for a year for one that never came so far.
    conf.setIfMissing("spark.barrier.sync.timeout", Integer.toString(SYNC_SECONDS));
  }

  @Override
  public int run(JavaSparkContext spark, PrintStream out) throws Exception {
    awaitSlots(spark);
    for (int attempt = 0; ; attempt++) {
      try {
        attempt(spark, attempt).forEach(out::println);
        return 0;
      } catch (KtFailure e) {
        if (e.isBadInput() || attempt == restarts) {
          throw e;
        }
        out.println(
            e.reason() + "; starting again, " + (restarts - attempt) + " of " + restarts + " left");
      }
    }
  }

  /** What worker 0 said last. */
  private List<String> attempt(JavaSparkContext spark, int attempt) throws Exception {
    List<Integer> ranks = IntStream.range(0, workers).boxed().toList();
    RDD<Integer> all = spark.parallelize(new ArrayList<>(ranks), workers).rdd();
    // All tasks begin at once, or none. What follows belongs to the same stage.
    JavaRDD<Integer> together =
        new JavaRDD<>(
            all.barrier().mapPartitions(new SamePartition<>(), false, all.elementClassTag()),
            all.elementClassTag());
    return TaskFailures.run(
        spark,
        "train-" + attempt,
        name() + " with " + workers + " workers",
        () -> together.mapPartitions(new Worker(kt, arguments, workers, ports)).collect());
  }

  /** Spark itself would look 40 times, every 15 seconds. */
  private void awaitSlots(JavaSparkContext spark) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(spark.isLocal() ? 0 : waitSeconds);
    int slots = slots(spark);
    while (slots < workers && System.nanoTime() < deadline) {
      if (spark.sc().isStopped()) {
        throw new KtFailure(
            KtFailure.FAILED,
            "Spark has ended the application before it had executors; its log says why");
      }
      Thread.sleep(POLL_MILLIS);
      slots = slots(spark);
    }
    if (slots < workers) {
      throw new BadInputException(
          "--workers: "
              + workers
              + " is not allowed; allowed: up to "
              + slots
              + ", the tasks that this cluster runs at once"
              + (spark.isLocal() ? "" : " after " + waitSeconds + " s")
              + "; fix: fewer workers, more executors or cores (spark-submit --num-executors,"
              + " --executor-cores, --total-executor-cores), or a longer --wait SECONDS");
    }
  }

  private static int slots(JavaSparkContext spark) {
    return spark
        .sc()
        .maxNumConcurrentTasks(spark.sc().resourceProfileManager().defaultResourceProfile());
  }
}
