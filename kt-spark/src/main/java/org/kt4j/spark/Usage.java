package org.kt4j.spark;

import java.util.List;

/** The help. */
final class Usage {

  static final List<String> LINES =
      List.of(
          "spark-submit [...] kt-spark.jar COMMAND ...",
          "",
          "  train CONFIG --workers N   one training by N workers, each a task of Spark",
          "      --restarts N           start again from the checkpoint when a worker fails; 0",
          "      --ports FIRST-LAST     where a worker listens; " + PortRange.DEFAULT,
          "      --wait SECONDS         for enough executors; 60",
          "  compare SUITE              each run of a suite as a task, then the report",
          "  predict RUN|EXPORT INPUT OUTPUT",
          "                             answers for a folder or pattern of pictures, or a table",
          "      --columns NAME,BYTES   of a Parquet table; path,content",
          "      --format FORMAT        of the answers, parquet or json; parquet",
          "      --per-task N           pictures for one process of kt; 500",
          "      --top, --threshold, --checkpoint as those of kt predict",
          "",
          "  --kt PATH                  kt on every machine, or its folder; kt on the PATH",
          "  --dir FOLDER               in which kt works; the one where this was started",
          "",
          "Other options of train and compare are those of kt train and kt compare.",
          "Exit codes: 0 done, 1 failed, 2 bad input.");

  private Usage() {}
}
