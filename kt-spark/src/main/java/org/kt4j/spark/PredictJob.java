package org.kt4j.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** {@code predict MODEL INPUT OUTPUT}: answers for many pictures, each task's by one kt. */
final class PredictJob implements Job {

  private static final String COLUMNS = "--columns";
  private static final String FORMAT = "--format";
  private static final String PER_TASK = "--per-task";
  private static final List<String> OF_KT = List.of("--top", "--threshold", "--checkpoint");

  static final Set<String> OPTIONS =
      Set.of(COLUMNS, FORMAT, PER_TASK, "--top", "--threshold", "--checkpoint");

  /** Names of columns while it runs. */
  private static final String NAME = "name";

  private static final String CONTENT = "content";
  private static final String PARQUET = "parquet";
  private static final String JSON = "json";
  private static final int DEFAULT_PER_TASK = 500;
  private static final int ROWS_PER_FILE = 500_000;

  private final KtInstallation kt;
  private final String model;
  private final String input;
  private final String output;
  private final List<String> columns;
  private final String format;
  private final int perTask;
  private final List<String> options = new ArrayList<>();

  PredictJob(KtInstallation kt, Arguments given) {
    this.kt = kt;
    List<String> rest = given.rest();
    rest.stream()
        .filter(each -> each.startsWith("-"))
        .findFirst()
        .ifPresent(
            each -> {
              throw new BadInputException(
                  each
                      + ": is no option of predict; allowed: "
                      + String.join(", ", OPTIONS.stream().sorted().toList()));
            });
    if (rest.size() != 3) {
      throw new BadInputException(
          "predict: takes a run or an export, the pictures, and a folder for the answers; given: "
              + (rest.isEmpty() ? "nothing" : String.join(" ", rest)));
    }
    this.model = rest.get(0);
    this.input = rest.get(1);
    this.output = rest.get(2);
    this.columns = Arrays.asList(given.value(COLUMNS).orElse("path,content").split(",", -1));
    if (columns.size() != 2 || columns.contains("")) {
      throw new BadInputException(
          COLUMNS
              + ": '"
              + String.join(",", columns)
              + "' is not allowed; allowed: the column with the names and the one with the bytes of"
              + " the pictures, such as path,content");
    }
    this.format = given.value(FORMAT).orElse(PARQUET);
    if (!List.of(PARQUET, JSON).contains(format)) {
      throw new BadInputException(
          FORMAT + ": '" + format + "' is not allowed; allowed: parquet, json");
    }
    this.perTask = given.number(PER_TASK, 1, DEFAULT_PER_TASK);
    OF_KT.forEach(
        name -> given.value(name).ifPresent(value -> options.addAll(List.of(name, value))));
  }

  @Override
  public String name() {
    return "kt predict " + model;
  }

  @Override
  public void configure(SparkConf conf) {
    // A task that fails for another reason than bad input is tried again by Spark.
  }

  @Override
  public int run(JavaSparkContext spark, PrintStream out) throws Exception {
    SparkSession session = SparkSession.builder().config(spark.getConf()).getOrCreate();
    Configuration configuration = spark.hadoopConfiguration();
    Dataset<Row> pictures = pictures(session, configuration);
    long all = pictures.count();
    if (all == 0) {
      throw new BadInputException(
          input + ": holds no pictures; allowed: .jpg, .jpeg and .png files, or rows of a table");
    }
    requireOnce(pictures);
    AnswerFolder answers = AnswerFolder.of(output, depends(configuration), configuration);
    if (!answers.isComplete()) {
      predict(spark, session, answers, pictures, out);
      write(session, answers, all);
    }
    answers.removeWork();
    return tell(session, pictures, out);
  }

  /** The answers of another model, other options or other pictures do not mix with these. */
  private Map<String, Object> depends(Configuration configuration) throws IOException {
    Path path = new Path(input);
    Map<String, Object> depends = new LinkedHashMap<>();
    depends.put("the model", kt.resolve(model).toString());
    depends.put("the pictures", path.getFileSystem(configuration).makeQualified(path).toString());
    depends.put("the options", String.join(" ", options));
    depends.put("the format", format);
    return depends;
  }

  /** A name and the bytes of each picture; null bytes where the name is that of a file. */
  private Dataset<Row> pictures(SparkSession session, Configuration configuration)
      throws IOException {
    Path path = new Path(input);
    FileSystem files = path.getFileSystem(configuration);
    FileStatus[] found = files.globStatus(path);
    if (found == null || found.length == 0) {
      throw new BadInputException(
          input
              + ": there is no such file or folder; allowed: a folder of pictures, a pattern such"
              + " as 'photos/*/*.jpg', or a Parquet table");
    }
    if (isTable(files, found)) {
      return table(session);
    }
    return session
        .read()
        .format("binaryFile")
        .load(input)
        .select(col("path").as(NAME), lit(null).cast("binary").as(CONTENT))
        .filter(lower(col(NAME)).rlike("/[^/.][^/]*[.](jpg|jpeg|png)$"));
  }

  private static boolean isTable(FileSystem files, FileStatus[] found) throws IOException {
    for (FileStatus each : found) {
      if (isParquet(each)) {
        return true;
      }
      if (each.isDirectory()) {
        for (FileStatus inside : files.listStatus(each.getPath())) {
          if (isParquet(inside)) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean isParquet(FileStatus file) {
    return file.getPath().getName().toLowerCase(Locale.ROOT).endsWith(".parquet");
  }

  private Dataset<Row> table(SparkSession session) {
    Dataset<Row> table = session.read().parquet(input);
    List<String> types = List.of("string", "binary");
    for (int i = 0; i < types.size(); i++) {
      String column = columns.get(i);
      String type =
          Arrays.stream(table.dtypes())
              .filter(each -> each._1().equals(column))
              .map(each -> each._2().replace("Type", "").toLowerCase(Locale.ROOT))
              .findFirst()
              .orElse("missing");
      if (!type.equals(types.get(i))) {
        throw new BadInputException(
            input
                + ": the column '"
                + column
                + "' is "
                + (type.equals("missing") ? type : "of type " + type + ", not " + types.get(i))
                + "; the table has "
                + String.join(", ", table.columns())
                + "; fix: "
                + COLUMNS
                + " NAME,BYTES, one of strings and one of bytes");
      }
    }
    return table.select(named(columns.get(0)).as(NAME), named(columns.get(1)).as(CONTENT));
  }

  private static Column named(String column) {
    return col("`" + column.replace("`", "``") + "`");
  }

  /** What is done is known by the names. */
  private void requireOnce(Dataset<Row> pictures) {
    List<Row> wrong =
        pictures
            .groupBy(NAME)
            .count()
            .filter(col("count").gt(1).or(col(NAME).isNull()))
            .takeAsList(1);
    if (!wrong.isEmpty()) {
      Row row = wrong.get(0);
      throw new BadInputException(
          input
              + ": "
              + (row.isNullAt(0) ? "a picture without a name" : "'" + row.getString(0) + "'")
              + " is there "
              + row.getLong(1)
              + " times; allowed: names that are there once");
    }
  }

  private void predict(
      JavaSparkContext spark,
      SparkSession session,
      AnswerFolder answers,
      Dataset<Row> pictures,
      PrintStream out)
      throws Exception {
    Dataset<Row> open =
        answers.hasAnswers()
            ? without(
                pictures,
                session.read().schema("picture string").json(answers.answers().toString()))
            : pictures;
    answers.begin();
    long count = open.count();
    int tasks = (int) ((count + perTask - 1) / perTask);
    out.println(count + " pictures in " + tasks + " tasks");
    if (tasks == 0) {
      return;
    }
    PredictionTask task =
        new PredictionTask(
            kt,
            model,
            options,
            answers.unfinished().toString(),
            answers.answers().toString(),
            new SerializableConfiguration(spark.hadoopConfiguration()));
    TaskFailures.run(
        spark,
        "predict",
        name(),
        () -> {
          open.repartition(tasks).javaRDD().foreachPartition(task);
          return 0;
        });
  }

  private static Dataset<Row> without(Dataset<Row> pictures, Dataset<Row> answered) {
    return pictures.join(
        answered, pictures.col(NAME).equalTo(answered.col(PredictionTask.PICTURE)), "left_anti");
  }

  private void write(SparkSession session, AnswerFolder answers, long wanted) throws IOException {
    if (!answers.hasAnswers()) {
      throw incomplete(0, wanted);
    }
    answers.removeTable();
    // A task that Spark ran twice has answered twice.
    Dataset<Row> all =
        session.read().json(answers.answers().toString()).dropDuplicates(PredictionTask.PICTURE);
    long count = all.count();
    if (count < wanted) {
      throw incomplete(count, wanted);
    }
    List<Column> order = new ArrayList<>(List.of(col(PredictionTask.PICTURE)));
    for (String each : all.columns()) {
      if (!each.equals(PredictionTask.PICTURE) && !each.equals(PredictionTask.PROBLEM)) {
        order.add(named(each));
      }
    }
    order.add(col(PredictionTask.PROBLEM));
    DataFrameWriter<Row> writer =
        all.select(order.toArray(new Column[0]))
            .coalesce((int) (1 + count / ROWS_PER_FILE))
            .write()
            .mode(SaveMode.Append);
    if (format.equals(PARQUET)) {
      writer.parquet(output);
    } else {
      // So that the column of problems is there although there are none.
      writer.option("ignoreNullFields", "false").json(output);
    }
  }

  private BadInputException incomplete(long count, long wanted) {
    return new BadInputException(
        output
            + ": holds "
            + count
            + " answers for "
            + wanted
            + " pictures after all tasks; fix: name a folder on a file system that all machines"
            + " share, such as hdfs:");
  }

  private int tell(SparkSession session, Dataset<Row> pictures, PrintStream out) {
    Dataset<Row> answers =
        format.equals(PARQUET) ? session.read().parquet(output) : session.read().json(output);
    List<Row> more = without(pictures, answers).takeAsList(1);
    if (!more.isEmpty()) {
      throw new BadInputException(
          output
              + ": is complete, and "
              + input
              + " has pictures by now that are not in it, such as "
              + more.get(0).getString(0)
              + "; fix: name another folder for the answers, or remove this one");
    }
    long unread = answers.filter(col(PredictionTask.PROBLEM).isNotNull()).count();
    out.println(
        answers.count()
            + " answers in "
            + output
            + (unread == 0
                ? ""
                : ", "
                    + unread
                    + " of them that a picture could not be read, with the reason in the column "
                    + PredictionTask.PROBLEM));
    return unread == 0 ? 0 : KtFailure.BAD_INPUT;
  }
}
