package org.kt4j.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of one task: copied to this machine, shown to one process of kt, and their answers
 * put into a file that is there whole or not at all.
 */
final class PredictionTask implements VoidFunction<Iterator<Row>> {

  static final String PICTURE = "picture";
  static final String PROBLEM = "problem";

  private static final long serialVersionUID = 1;

  private final KtInstallation kt;
  private final String model;
  private final List<String> options;
  private final String unfinished;
  private final String finished;
  private final SerializableConfiguration configuration;

  PredictionTask(
      KtInstallation kt,
      String model,
      List<String> options,
      String unfinished,
      String finished,
      SerializableConfiguration configuration) {
    this.kt = kt;
    this.model = model;
    this.options = List.copyOf(options);
    this.unfinished = unfinished;
    this.finished = finished;
    this.configuration = configuration;
  }

  @Override
  public void call(Iterator<Row> rows) throws Exception {
    if (!rows.hasNext()) {
      return;
    }
    Path folder = Files.createTempDirectory("kt-predict");
    try {
      write(answers(rows, folder));
    } finally {
      delete(folder);
    }
  }

  private List<ObjectNode> answers(Iterator<Row> rows, Path folder) throws Exception {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    Map<String, String> names = new HashMap<>();
    List<ObjectNode> answers = new ArrayList<>();
    while (rows.hasNext()) {
      Row row = rows.next();
      // What it is shows in its bytes; kt takes files with such a name.
      String file = String.format(Locale.ROOT, "%08d.jpg", names.size() + answers.size());
      String problem = copied(row, pictures.resolve(file));
      if (problem == null) {
        names.put(file, row.getString(0));
      } else {
        answers.add(problem(row.getString(0), problem));
      }
    }
    if (!names.isEmpty()) {
      answers.addAll(predicted(pictures, names, folder.resolve("answers.json")));
    }
    return answers;
  }

  /** What is wrong with a picture that cannot be copied; null for one that is. */
  private @Nullable String copied(Row row, Path to) throws IOException {
    if (!row.isNullAt(1)) {
      Files.write(to, row.<byte[]>getAs(1));
      return null;
    }
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(row.getString(0));
    if (!path.isAbsolute() && path.toUri().getScheme() == null) {
      return "there are no bytes";
    }
    try (InputStream stream = path.getFileSystem(configuration.value()).open(path)) {
      Files.copy(stream, to);
      return null;
    } catch (IOException e) {
      return "cannot be read (" + e.getMessage() + ")";
    }
  }

  private List<ObjectNode> predicted(Path pictures, Map<String, String> names, Path answers)
      throws IOException, InterruptedException {
    TaskContext context = TaskContext.get();
    String host = TaskProcess.host();
    List<String> command = new ArrayList<>(List.of("predict", model, pictures.toString()));
    command.add("--json");
    command.addAll(options);
    Map<String, String> problems = new HashMap<>();
    ProcessBuilder builder = kt.builder(host, command).redirectOutput(answers.toFile());
    KtInstallation.limit(builder, context.cpus());
    TaskProcess.useItsDevices(builder, context);
    String start = "kt: " + pictures + File.separator;
    KtProcess.Ended ended =
        KtProcess.run(
            builder,
            context::isInterrupted,
            line -> {
              int colon = line.indexOf(": ", start.length());
              if (line.startsWith(start) && colon > 0) {
                problems.put(line.substring(start.length(), colon), line.substring(colon + 2));
              }
            });
    JsonNode all = read(answers);
    if (!all.isArray() || (ended.status() != 0 && ended.status() != KtFailure.BAD_INPUT)) {
      throw new KtFailure(
          ended.status() == 0 ? KtFailure.FAILED : ended.status(),
          "kt predict on " + host + ": " + ended.reason());
    }
    List<ObjectNode> named = new ArrayList<>();
    for (JsonNode each : all) {
      String file = Path.of(each.path(PICTURE).asText()).getFileName().toString();
      String name = names.remove(file);
      if (name != null && each instanceof ObjectNode answer) {
        answer.put(PICTURE, name);
        answer.putNull(PROBLEM);
        named.add(answer);
      }
    }
    names.forEach(
        (file, name) ->
            named.add(problem(name, problems.getOrDefault(file, "has no answer of kt"))));
    return named;
  }

  private static JsonNode read(Path answers) throws IOException {
    try {
      return new ObjectMapper().readTree(answers.toFile());
    } catch (JsonProcessingException e) {
      return new ObjectMapper().missingNode(); // it ended before it had all
    }
  }

  private static ObjectNode problem(String name, String problem) {
    return new ObjectMapper().createObjectNode().put(PICTURE, name).put(PROBLEM, problem);
  }

  private void write(List<ObjectNode> answers) throws IOException {
    String name = "part-" + UUID.randomUUID() + ".jsonl";
    org.apache.hadoop.fs.Path part = new org.apache.hadoop.fs.Path(unfinished, name);
    FileSystem files = part.getFileSystem(configuration.value());
    ObjectMapper json = new ObjectMapper();
    try (BufferedWriter writer =
        new BufferedWriter(
            new OutputStreamWriter(files.create(part, true), StandardCharsets.UTF_8))) {
      for (ObjectNode answer : answers) {
        writer.write(json.writeValueAsString(answer));
        writer.write('\n');
      }
    }
    if (!files.rename(part, new org.apache.hadoop.fs.Path(finished, name))) {
      throw new IOException(part + ": cannot be moved to " + finished);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
