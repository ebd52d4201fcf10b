package org.kt4j.engine.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.DataException;
import org.kt4j.data.ReadFault;
import org.kt4j.data.Split;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.ModelCard;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.run.RunFolder;

/**
 * An export that is being written, beside the other exports of its run: on the held-out pictures,
 * and by their speed on this machine.
 */
public final class ExportComparison {

  private static final String USUAL = ExportOptions.defaults().form();

  private final ExportTable table;
  private final String pictures;
  private final ExportTable.Row own;
  private final List<Fact> facts = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** Writes the same student as a SavedModel in single precision into a folder that is there. */
  @FunctionalInterface
  public interface Plain {

    /** Writes it. */
    void into(Path folder) throws IOException;
  }

  private ExportComparison(ExportTable table, String pictures, ExportTable.Row own) {
    this.table = table;
    this.pictures = pictures;
    this.own = own;
  }

  /**
   * Compares. Other exports that cannot be read are left out, and the card says so.
   *
   * @param task of the run
   * @param yaml the run's configuration, written out
   * @param written the folder of the export, under whatever name it has meanwhile
   * @param plain for the speed of a SavedModel in single precision where the run has none
   * @return empty where the data is not there
   */
  public static Optional<ExportComparison> of(
      Task task, TrainedRun run, String yaml, ExportRequest request, Path written, Plain plain) {
    ComparedModels models;
    try {
      models = task.compared(run, request.runs(), Split.HELD_OUT);
    } catch (DataException | ConfigurationException e) {
      return Optional.empty();
    }
    ExportTable table = new ExportTable(models, task.metric(), count -> {}).addStudent();
    List<String> notes = new ArrayList<>();
    for (Path other : others(run, request)) {
      try {
        ModelCard.requireOf(other, run.folder(), yaml);
        table.addExport(String.valueOf(other.getFileName()), ModelCard.form(other), other);
      } catch (ModelException e) {
        notes.add(e.getMessage());
      }
    }
    String form = request.options().form();
    table.addExport(String.valueOf(request.folder().getFileName()), form, written);
    ExportTable.Row own = table.rows().get(table.rows().size() - 1);
    table.addTeacher(false);
    ExportComparison comparison = new ExportComparison(table, models.pictures(), own);
    comparison.notes.addAll(notes);
    comparison.notes.addAll(table.notes());
    comparison.tell(form.equals(USUAL) ? null : comparison.usual(plain));
    return Optional.of(comparison);
  }

  private static List<Path> others(TrainedRun run, ExportRequest request) {
    Path target = request.folder().toAbsolutePath().normalize();
    return RunFolder.exports(run.folder()).stream()
        .filter(each -> !each.toAbsolutePath().normalize().equals(target))
        .toList();
  }

  private ExportTable.@Nullable Row usual(Plain plain) {
    Optional<ExportTable.Row> there =
        table.rows().stream().filter(row -> row.form().equals(USUAL)).findFirst();
    if (there.isPresent()) {
      return there.get();
    }
    try {
      Path folder = Files.createTempDirectory("kt4j-export");
      try {
        plain.into(folder);
        return table.measured(USUAL, USUAL, folder);
      } finally {
        FileSteps.deleteTree(folder);
      }
    } catch (IOException e) {
      notes.add("no SavedModel could be written to be compared: " + ReadFault.reason(e));
      return null;
    }
  }

  private void tell(ExportTable.@Nullable Row usual) {
    facts.add(new Fact("speed", own.speed().text()));
    if (usual != null) {
      facts.add(new Fact("", USUAL + ": " + usual.cost()));
    }
    table.rows().stream()
        .filter(row -> row.name().equals(ExportTable.TEACHER))
        .forEach(row -> facts.add(new Fact("", ExportTable.TEACHER + ": " + row.cost())));
  }

  /** The speed in words, beside that of a SavedModel in single precision and of the teacher. */
  public List<Fact> facts() {
    return List.copyOf(facts);
  }

  /** Adds the table to the card of the export. */
  public void tell(ModelCard card) {
    card.formats(table.table(), pictures, notes);
  }
}
