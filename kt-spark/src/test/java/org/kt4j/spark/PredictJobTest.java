package org.kt4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Answers for many pictures. The fake kt says that a picture shows what is in its file. */
@Tag("slow")
@Timeout(300)
class PredictJobTest {

  private static LocalSpark spark;

  @TempDir private Path folder;
  private FakeKt kt;
  private Path photos;
  private String output;

  @BeforeAll
  static void start() {
    spark = new LocalSpark();
  }

  @AfterAll
  static void stop() {
    SparkSession.builder().getOrCreate().stop();
  }

  @BeforeEach
  void pictures() throws IOException {
    kt = FakeKt.in(folder);
    Files.createDirectory(folder.resolve("run"));
    photos = Files.createDirectory(folder.resolve("photos"));
    for (String each : List.of("ant.jpg", "bee.JPEG", "c t.png", "notes.txt", ".hidden.jpg")) {
      Files.writeString(photos.resolve(each), each.replaceFirst("[.].*", ""));
    }
    output = folder.resolve("out").toString();
  }

  private Called predict(Object... more) {
    List<String> line = new ArrayList<>(List.of("predict", "run"));
    Stream.of(more).map(String::valueOf).forEach(line::add);
    return spark.run(kt, line.toArray(new String[0]));
  }

  private Dataset<Row> table() {
    return SparkSession.builder().getOrCreate().read().parquet(output);
  }

  private List<String> answers() {
    return table()
        .selectExpr("concat_ws(' ', picture, classes[0].class, problem)")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  @Test
  void pictures_of_a_folder_get_an_answer_each() throws Exception {
    Called called = predict(photos, output, "--per-task", 2, "--top", 1);

    assertThat(called.err()).isEmpty();
    assertThat(called.exitCode()).isZero();
    assertThat(called.out()).contains("3 pictures in 2 tasks").contains("3 answers in " + output);
    assertThat(answers())
        .containsExactlyInAnyOrder(
            "file:" + photos + "/ant.jpg ant",
            "file:" + photos + "/bee.JPEG bee",
            "file:" + photos + "/c t.png c t");
    assertThat(table().columns()).containsExactly("picture", "classes", "problem");
    assertThat(kt.lines("called"))
        .hasSize(2)
        .allMatch(line -> line.matches("predict run /.*/pictures --json --top 1"));
    assertThat(folder.resolve("out/_work")).doesNotExist();
  }

  @Test
  void what_is_done_is_not_done_again() throws Exception {
    predict(photos, output);

    Called again = predict(photos, output);

    assertThat(again.exitCode()).isZero();
    assertThat(again.out()).contains("3 answers in ").doesNotContain("tasks");
    assertThat(kt.lines("called")).hasSize(1);
    assertThat(answers()).hasSize(3);
  }

  @Test
  void a_job_that_was_stopped_goes_on_with_what_is_missing() throws Exception {
    Path done = Files.createDirectories(folder.resolve("half/_work/answers"));
    Called first = predict(photos.resolve("none*"), folder.resolve("half"));
    kt.write("break", "");
    Called broken = predict(photos, output, "--per-task", 3);
    Files.createDirectories(folder.resolve("out/_work/answers"));
    Files.writeString(
        folder.resolve("out/_work/answers/part-1.jsonl"),
        "{\"picture\":\"file:"
            + photos
            + "/ant.jpg\",\"classes\":[{\"class\":\"known\"}],"
            + "\"problem\":null}\n");
    Files.writeString(folder.resolve("out/part-00000-half.snappy.parquet"), "half");

    Called called = predict(photos, output);

    assertThat(done).isEmptyDirectory();
    assertThat(first.exitCode()).isEqualTo(2);
    assertThat(broken.exitCode()).isEqualTo(1);
    assertThat(broken.err()).contains("the memory is not enough");
    assertThat(called.err()).isEmpty();
    assertThat(called.out()).contains("2 pictures in 1 tasks").contains("3 answers");
    assertThat(answers()).contains("file:" + photos + "/ant.jpg known").hasSize(3);
  }

  @Test
  void a_picture_that_cannot_be_read_has_a_row_with_the_reason() throws Exception {
    Files.writeString(photos.resolve("ant.jpg"), "bad");

    Called called = predict(photos, output);

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.out())
        .contains("3 answers in ")
        .contains("1 of them that a picture could not");
    assertThat(answers())
        .contains(
            "file:" + photos + "/ant.jpg cannot be read (no picture); passed over",
            "file:" + photos + "/bee.JPEG bee");
  }

  @Test
  void pictures_may_be_rows_of_a_table() throws Exception {
    String table = write("a.parquet", row("one", "cat"), row("two", "bad"), row("three", null));

    Called called = predict(table, output, "--columns", "id,jpeg");

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(answers())
        .containsExactlyInAnyOrder(
            "one cat", "two cannot be read (no picture); passed over", "three there are no bytes");
  }

  private static Row row(String id, @Nullable String content) {
    return RowFactory.create(
        id, content == null ? null : content.getBytes(StandardCharsets.UTF_8), 1);
  }

  private String write(String name, Row... rows) {
    String path = folder.resolve(name).toString();
    SparkSession.builder()
        .getOrCreate()
        .createDataFrame(
            List.of(rows),
            new StructType()
                .add("id", DataTypes.StringType)
                .add("jpeg", DataTypes.BinaryType)
                .add("size", DataTypes.IntegerType))
        .write()
        .parquet(path);
    return path;
  }

  @Test
  void a_table_without_such_columns_or_with_a_name_twice_is_bad_input() {
    String table = write("a.parquet", row("one", "cat"), row("one", "dog"));

    Called missing = predict(table, output);
    Called type = predict(table, output, "--columns", "id,size");
    Called twice = predict(table, output, "--columns", "id,jpeg");

    assertThat(missing.err())
        .contains(": the column 'path' is missing; the table has id, jpeg, size; fix: --columns");
    assertThat(type.err()).contains(": the column 'size' is of type integer, not binary; ");
    assertThat(twice.err()).contains("'one' is there 2 times; allowed: names that are there once");
    assertThat(List.of(missing, type, twice)).allMatch(called -> called.exitCode() == 2);
    assertThat(Path.of(output)).doesNotExist();
  }

  @Test
  void answers_of_something_else_are_not_mixed_with_these() throws Exception {
    predict(photos, output);
    Files.createDirectory(folder.resolve("mine"));
    Files.writeString(folder.resolve("mine/diary"), "");

    Called options = predict(photos, output, "--top", 2);
    Called foreign = predict(photos, folder.resolve("mine"));
    Files.writeString(photos.resolve("new.jpg"), "new");
    Called more = predict(photos, output);

    assertThat(options.err()).contains(": holds answers for the options , and now it is --top 2;");
    assertThat(foreign.err()).contains(": is not empty and holds no answers of this command; fix");
    assertThat(more.err())
        .contains("by now that are not in it, such as file:" + photos + "/new.jpg");
    assertThat(List.of(options, foreign, more)).allMatch(called -> called.exitCode() == 2);
  }

  @Test
  void a_model_that_is_not_there_ends_the_job_at_once() throws Exception {
    Called called =
        spark.run(kt, "predict", "no-run", photos.toString(), output, "--per-task", "1");

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err()).contains("kt predict on 127.0.0.1: no-run: there is no such folder");
  }

  @Test
  void answers_may_be_lines_of_JSON() throws Exception {
    Called called = predict(photos, output, "--format", "json");

    assertThat(called.exitCode()).isZero();
    assertThat(SparkSession.builder().getOrCreate().read().json(output).count()).isEqualTo(3);
  }
}
