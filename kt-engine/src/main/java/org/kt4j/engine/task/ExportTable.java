package org.kt4j.engine.task;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.export.ExportFormats;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.teacher.WeightsException;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.engine.text.Table;

/** Size, score, agreement and speed of the exports of a run, beside its student and teachers. */
public final class ExportTable {

  static final String TEACHER = "teacher";

  private static final String NOTHING = "-";

  private final ComparedModels models;
  private final Metric metric;
  private final IntConsumer done;
  private final List<Row> rows = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private @Nullable Answers student;
  private @Nullable Answers teacher;
  private @Nullable Row teacherRow;
  private int before;

  /**
   * A row.
   *
   * @param name of the model: a folder, or what it is
   * @param form of an export: its format and precision
   * @param bytes of the model's file
   * @param score by the task's metric
   * @param agreement with the student of the run
   * @param withTeacher agreement with the teachers
   * @param speed on this machine
   */
  public record Row(
      String name,
      String form,
      OptionalLong bytes,
      OptionalDouble score,
      OptionalDouble agreement,
      OptionalDouble withTeacher,
      AnsweringModel.Speed speed) {

    /** Size and speed in a sentence's part. */
    public String cost() {
      return (bytes.isPresent() ? NumberFormats.size(bytes.getAsLong()) + ", " : "") + speed.text();
    }
  }

  /**
   * A table without rows.
   *
   * @param done receives the number of pictures that were answered, over all models
   */
  public ExportTable(ComparedModels models, Metric metric, IntConsumer done) {
    this.models = models;
    this.metric = metric;
    this.done = done;
  }

  /**
   * Evaluates the teachers, for a last row and for the agreement of the models that are added
   * later. Where they are not there, the {@link #notes} say so.
   *
   * @param scored whether more than their speed is wanted
   */
  public ExportTable addTeacher(boolean scored) {
    try {
      Optional<AnsweringModel> opened = models.teacher();
      if (opened.isPresent()) {
        try (AnsweringModel model = opened.get()) {
          teacher = scored ? answers(model) : null;
          teacherRow = row(TEACHER, NOTHING, OptionalLong.empty(), model, teacher, null, null);
        }
      }
    } catch (ConfigurationException | ModelException | WeightsException | TrainingException e) {
      notes.add("the teacher was not asked, for it is not there: " + e.getMessage());
    }
    return this;
  }

  /** Evaluates the student of the run. */
  public ExportTable addStudent() {
    try (AnsweringModel model = models.student()) {
      student = answers(model);
      rows.add(row("run", NOTHING, OptionalLong.empty(), model, student, null, teacher));
    }
    return this;
  }

  /**
   * Evaluates an export.
   *
   * @param name what its row calls it
   * @param form its format and precision
   */
  public ExportTable addExport(String name, String form, Path folder) {
    try (AnsweringModel model = models.export(folder)) {
      rows.add(row(name, form, bytes(folder), model, answers(model), student, teacher));
    }
    return this;
  }

  /**
   * Measures the size and the speed of an export.
   *
   * @param name what the row calls it
   */
  public Row measured(String name, String form, Path folder) {
    try (AnsweringModel model = models.export(folder)) {
      return row(name, form, bytes(folder), model, null, null, null);
    }
  }

  private Answers answers(AnsweringModel model) {
    Answers answers = model.answers(count -> done.accept(before + count));
    before += models.count();
    return answers;
  }

  private static OptionalLong bytes(Path folder) {
    try {
      return OptionalLong.of(Files.size(folder.resolve(ExportFormats.in(folder).file())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Row row(
      String name,
      String form,
      OptionalLong bytes,
      AnsweringModel model,
      @Nullable Answers answers,
      @Nullable Answers student,
      @Nullable Answers teacher) {
    return new Row(
        name,
        form,
        bytes,
        answers == null ? OptionalDouble.empty() : OptionalDouble.of(answers.score()),
        agreement(answers, student),
        agreement(answers, teacher),
        model.speed());
  }

  private static OptionalDouble agreement(@Nullable Answers one, @Nullable Answers other) {
    return one == null || other == null ? OptionalDouble.empty() : one.agreement(other);
  }

  /** What was measured: the student, the exports, the teachers. */
  public List<Row> rows() {
    List<Row> all = new ArrayList<>(rows);
    if (teacherRow != null) {
      all.add(teacherRow);
    }
    return all;
  }

  /** What was left out, and why. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** For people; without the columns in which nothing stands. */
  public Table table() {
    boolean agreements = rows().stream().anyMatch(row -> row.agreement().isPresent());
    boolean teachers = rows().stream().anyMatch(row -> row.withTeacher().isPresent());
    List<String> header = new ArrayList<>(List.of("", "format", "size"));
    header.add(metric.name() + (metric.share() ? " %" : ""));
    if (agreements) {
      header.add("as the run %");
    }
    if (teachers) {
      header.add("as the teacher %");
    }
    header.addAll(List.of("ms for one", "images/s"));
    List<List<String>> cells = new ArrayList<>();
    for (Row row : rows()) {
      List<String> line = new ArrayList<>(List.of(row.name(), row.form()));
      line.add(row.bytes().isPresent() ? NumberFormats.size(row.bytes().getAsLong()) : NOTHING);
      line.add(row.score().isPresent() ? metric.cell(row.score().getAsDouble()) : NOTHING);
      if (agreements) {
        line.add(percent(row.agreement()));
      }
      if (teachers) {
        line.add(percent(row.withTeacher()));
      }
      line.add(String.format(Locale.ROOT, "%.2f", row.speed().milliseconds()));
      line.add(NumberFormats.speed(row.speed().picturesPerSecond()));
      cells.add(line);
    }
    return new Table(header, cells);
  }

  private static String percent(OptionalDouble share) {
    return share.isPresent() ? Metric.ofShare("", "").cell(share.getAsDouble()) : NOTHING;
  }
}
