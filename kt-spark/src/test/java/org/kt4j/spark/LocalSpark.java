package org.kt4j.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** A Spark with two slots in this JVM, for the tests of one class. */
final class LocalSpark implements AutoCloseable {

  private final JavaSparkContext spark;

  LocalSpark() {
    SparkConf conf =
        new SparkConf(false)
            .setMaster("local[2]")
            .setAppName("test")
            .set("spark.ui.enabled", "false")
            .set("spark.sql.shuffle.partitions", "2")
            // To compile code for a few rows takes longer than to do without.
            .set("spark.sql.codegen.wholeStage", "false")
            .set("spark.sql.codegen.factoryMode", "NO_CODEGEN")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1");
    KtSpark.job(List.of("train", "c.yaml", "--workers", "2")).configure(conf);
    this.spark = new JavaSparkContext(conf);
  }

  /** Runs a command with kt in its folder. */
  Called run(FakeKt kt, String... command) {
    List<String> line = new ArrayList<>(List.of(command));
    line.addAll(List.of("--kt", kt.folder().toString(), "--dir", kt.folder().toString()));
    return bare(line.toArray(new String[0]));
  }

  /** Runs a command as it is. */
  Called bare(String... command) {
    return Called.of(out -> KtSpark.job(List.of(command)).run(spark, out));
  }

  /** Waits for tasks of failed jobs and their programs, which may still write into kt's folder. */
  void awaitTasks() throws InterruptedException {
    while (Stream.of(spark.sc().statusTracker().getExecutorInfos())
        .anyMatch(executor -> executor.numRunningTasks() > 0)) {
      Thread.sleep(10);
    }
    while (ProcessHandle.current().descendants().anyMatch(ProcessHandle::isAlive)) {
      Thread.sleep(10);
    }
  }

  @Override
  public void close() {
    spark.close();
  }
}
