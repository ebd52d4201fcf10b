package org.kt4j.spark;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** The program that spark-submit runs. */
public final class KtSpark {

  private static final String KT = "--kt";
  private static final String FOLDER = "--dir";

  private KtSpark() {}

  /** Runs one command and ends the process: 0 done, 1 failed, 2 bad input. */
  public static void main(String[] args) {
    SparkConf conf = new SparkConf();
    int status = run(args, conf, System.out, System.err);
    // With a local master the tasks were in this JVM, and the timer of Spark's barriers is a thread
    // that would keep it for ever. A driver inside of a cluster has had no tasks, and YARN takes
    // one that exits for one that failed.
    boolean inCluster = conf.get("spark.submit.deployMode", "client").equals("cluster");
    if (status != 0 || !inCluster) {
      System.exit(status);
    }
  }

  /**
   * Runs one command.
   *
   * @param conf with a master
   * @return the exit code
   */
  static int run(String[] args, SparkConf conf, PrintStream out, PrintStream err) {
    List<String> given = Arrays.asList(args);
    if (given.isEmpty() || given.contains("--help") || given.contains("-h")) {
      Usage.LINES.forEach(given.isEmpty() ? err::println : out::println);
      return given.isEmpty() ? KtFailure.BAD_INPUT : 0;
    }
    return reported(
        err,
        () -> {
          Job job = job(given);
          if (!conf.contains("spark.master")) {
            throw new BadInputException(
                "there is no Spark to run on; fix: start it with spark-submit, which names one with"
                    + " --master");
          }
          job.configure(conf);
          conf.setIfMissing("spark.app.name", job.name());
          try (JavaSparkContext spark = new JavaSparkContext(conf)) {
            return job.run(spark, out);
          }
        });
  }

  /** The exit code of some work, of whose failure the user is told. */
  static int reported(PrintStream err, Callable<Integer> work) {
    try {
      return work.call();
    } catch (BadInputException e) {
      return fail(err, String.valueOf(e.getMessage()), KtFailure.BAD_INPUT);
    } catch (KtFailure e) {
      return fail(err, e.reason(), e.isBadInput() ? KtFailure.BAD_INPUT : KtFailure.FAILED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return fail(err, "interrupted", KtFailure.FAILED);
    } catch (Exception e) {
      e.printStackTrace(err);
      return fail(err, "Spark failed: " + firstLine(e), KtFailure.FAILED);
    }
  }

  /** Reads a command line. */
  static Job job(List<String> given) {
    String command = given.get(0);
    List<String> rest = given.subList(1, given.size());
    return switch (command) {
      case "train" -> {
        Arguments arguments = arguments(rest, TrainJob.OPTIONS);
        yield new TrainJob(installation(arguments), arguments);
      }
      case "compare" -> {
        Arguments arguments = arguments(rest, Set.of());
        yield new CompareJob(installation(arguments), arguments);
      }
      case "predict" -> {
        Arguments arguments = arguments(rest, PredictJob.OPTIONS);
        yield new PredictJob(installation(arguments), arguments);
      }
      default ->
          throw new BadInputException(
              "'" + command + "' is no command; allowed: train, compare, predict");
    };
  }

  private static Arguments arguments(List<String> rest, Set<String> options) {
    Set<String> known = new HashSet<>(options);
    known.addAll(List.of(KT, FOLDER));
    return new Arguments(rest, known);
  }

  private static KtInstallation installation(Arguments arguments) {
    return new KtInstallation(
        arguments.value(KT).orElse("kt"),
        Path.of(arguments.value(FOLDER).orElse("")).toAbsolutePath().toString());
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage() == null ? e : e.getMessage())
        .lines()
        .findFirst()
        .orElse("");
  }

  private static int fail(PrintStream err, String message, int status) {
    err.println("kt-spark: " + message);
    return status;
  }
}
