package org.kt4j.spark;

import java.io.PrintStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** A command, once its arguments are read. */
interface Job {

  /** For Spark's pages. */
  String name();

  /** Sets what Spark reads when it starts. */
  void configure(SparkConf conf);

  /**
   * Does it.
   *
   * @return the exit code
   * @throws KtFailure when a process of kt failed
   * @throws BadInputException when something is wrong that only a running Spark can tell
   */
  int run(JavaSparkContext spark, PrintStream out) throws Exception;
}
