package org.kt4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a command line is told before Spark starts. */
class CommandLineTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          learn                            | 'learn' is no command; allowed: train, compare, predict
          train                            | train: the configuration is missing; it stands after 'train'
          train --workers 2 --seed 1       | train: the configuration is missing; it stands after 'train'
          train c.yaml                     | --workers: is missing; allowed: the number of workers, each a task of Spark
          train c.yaml --workers           | --workers: its value is missing
          train c.yaml --workers=          | --workers: its value is empty
          train c.yaml --workers 0         | --workers: '0' is not allowed; allowed: a whole number from 1 to 1000000
          train c.yaml --workers a:1,b:1   | --workers: 'a:1,b:1' is not allowed; allowed: a whole number from 1 to 1000000
          train c.yaml --workers 2 --workers 3 | --workers: is given twice; allowed: once
          train c.yaml --workers 2 --rank 0 | --rank: is given to each worker by its task; fix: leave it out
          train c.yaml --workers 2 --ports 80-90 | --ports: '80-90' is not allowed; allowed: the first and the last of 1024 to 65535, such as 20000-29999
          compare                          | compare: the suite is missing; it stands after 'compare'
          compare s.yaml --jobs 4          | --jobs: does not go with Spark, which runs as many at once as it has cores for; fix: leave it out
          predict run photos               | predict: takes a run or an export, the pictures, and a folder for the answers; given: run photos
          predict run photos out --draw x  | --draw: is no option of predict; allowed: --checkpoint, --columns, --format, --per-task, --threshold, --top
          predict run photos out --format csv | --format: 'csv' is not allowed; allowed: parquet, json
          predict run photos out --columns a | --columns: 'a' is not allowed; allowed: the column with the names and the one with the bytes of the pictures, such as path,content
          train c.yaml --workers 2         | there is no Spark to run on; fix: start it with spark-submit, which names one with --master
          """)
  void a_mistake_is_bad_input(String line, String message) {
    Called called = run(line.split(" +"));

    assertThat(called.err()).isEqualTo("kt-spark: " + message + System.lineSeparator());
    assertThat(called.exitCode()).isEqualTo(2);
  }

  @Test
  void options_of_kt_are_passed_on_in_their_order() {
    Arguments arguments =
        new Arguments(
            List.of("c.yaml", "--workers=8", "--set", "a.b=c", "--kt", "/opt/kt", "--timeout=30"),
            java.util.Set.of("--workers", "--kt"));

    assertThat(arguments.rest()).containsExactly("c.yaml", "--set", "a.b=c", "--timeout=30");
    assertThat(arguments.value("--kt")).contains("/opt/kt");
    assertThat(arguments.number("--workers", 1, 1)).isEqualTo(8);
  }

  @Test
  void the_help_needs_no_spark() {
    Called help = run("train", "--help");
    Called nothing = run();

    assertThat(help.out()).startsWith("spark-submit [...] kt-spark.jar COMMAND");
    assertThat(help.exitCode()).isZero();
    assertThat(nothing.err()).isEqualTo(help.out());
    assertThat(nothing.exitCode()).isEqualTo(2);
  }

  private static Called run(String... line) {
    return Called.of((out, err) -> KtSpark.run(line, new SparkConf(false), out, err));
  }
}
