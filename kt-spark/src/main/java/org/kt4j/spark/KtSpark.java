package org.kt4j.spark;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** The program that spark-submit runs. */
public final class KtSpark {

  private static final String KT = "--kt";
  private static final String FOLDER = "--dir";

  private KtSpark() {}

  /** Runs one command; ends the process when it fails, with 1, or with 2 for bad input. */
  public static void main(String[] args) {
    int status = run(args, new SparkConf(), System.out, System.err);
    if (status != 0) {
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
    try {
      List<String> given = Arrays.asList(args);
      if (given.isEmpty() || given.contains("--help") || given.contains("-h")) {
        Usage.LINES.forEach(given.isEmpty() ? err::println : out::println);
        return given.isEmpty() ? KtFailure.BAD_INPUT : 0;
      }
      Job job = job(given.get(0), given.subList(1, given.size()));
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
    } catch (BadInputException e) {
      return fail(err, e.getMessage(), KtFailure.BAD_INPUT);
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

  private static Job job(String command, List<String> rest) {
    return switch (command) {
      case "train" -> {
        Arguments arguments = arguments(rest, TrainJob.OPTIONS);
        yield new TrainJob(installation(arguments), arguments);
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
        arguments.value(FOLDER).orElse(System.getProperty("user.dir")));
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
