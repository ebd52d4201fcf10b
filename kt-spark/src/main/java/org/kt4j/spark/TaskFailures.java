package org.kt4j.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.TaskEndReason;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.jspecify.annotations.Nullable;

/**
 * Hears why tasks of one job fail. Spark's own exception tells of one task in the midst of stack
 * traces, and not always of the one that failed first.
 */
final class TaskFailures extends SparkListener {

  private static final int WAIT_SECONDS = 5;

  private final JavaSparkContext spark;
  private final String group;
  private final List<KtFailure> ofKt = new ArrayList<>();
  private final List<String> lost = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  private final Set<Integer> jobs = ConcurrentHashMap.newKeySet();
  private final Set<Integer> stages = ConcurrentHashMap.newKeySet();

  private TaskFailures(JavaSparkContext spark, String name) {
    this.spark = spark;
    // No other's: a task of an earlier job may tell of its end when the next one has begun.
    this.group = name + " " + UUID.randomUUID();
  }

  /**
   * Runs one job of Spark in this thread. What fails for bad input ends it at once, for a second
   * attempt would fail as well.
   *
   * @param name of the job
   * @param description for Spark's pages
   * @throws KtFailure when it fails because of a process of kt or a lost executor
   */
  static <T> T run(JavaSparkContext spark, String name, String description, Callable<T> job)
      throws Exception {
    TaskFailures failures = new TaskFailures(spark, name);
    spark.sc().addSparkListener(failures);
    // Its tasks are interrupted when it ends early, and do not wait for their processes.
    spark.setJobGroup(failures.group, description, true);
    try {
      return job.call();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      Optional<KtFailure> reason = failures.reason();
      throw reason.isPresent() ? reason.get() : e;
    } finally {
      spark.clearJobGroup();
      spark.sc().removeSparkListener(failures);
    }
  }

  @Override
  public void onJobStart(SparkListenerJobStart event) {
    if (isOurs(event.properties())) {
      jobs.add(event.jobId());
    }
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted event) {
    if (isOurs(event.properties())) {
      stages.add(event.stageInfo().stageId());
    }
  }

  private boolean isOurs(@Nullable Properties ofJob) {
    return ofJob != null && group.equals(ofJob.getProperty("spark.jobGroup.id"));
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    if (!stages.contains(event.stageId())) {
      return;
    }
    TaskEndReason reason = event.reason();
    if (reason instanceof ExceptionFailure thrown
        && thrown.className().equals(KtFailure.class.getName())) {
      KtFailure.of(String.valueOf(thrown.description())).ifPresent(this::add);
    } else if (reason instanceof ExecutorLostFailure executor) {
      synchronized (this) {
        lost.add(executor.toErrorString());
      }
    }
  }

  private void add(KtFailure failure) {
    synchronized (this) {
      ofKt.add(failure);
    }
    if (failure.isBadInput()) {
      spark.cancelJobGroup(group);
    }
  }

  @Override
  public void onJobEnd(SparkListenerJobEnd event) {
    if (jobs.contains(event.jobId())) {
      ended.countDown();
    }
  }

  /** The events come later than the exception, in their order. */
  private Optional<KtFailure> reason() throws InterruptedException {
    boolean unused = ended.await(WAIT_SECONDS, TimeUnit.SECONDS);
    synchronized (this) {
      Optional<KtFailure> input = ofKt.stream().filter(KtFailure::isBadInput).findFirst();
      if (input.isPresent()) {
        return input;
      }
      if (lost.isEmpty()) {
        return ofKt.stream().findFirst();
      }
      // The workers that are left may fail as well then, because of it.
      return Optional.of(
          new KtFailure(
              KtFailure.FAILED,
              "Spark lost an executor: "
                  + lost.get(0)
                  + (ofKt.isEmpty() ? "" : "; also " + ofKt.get(0).reason())));
    }
  }
}
