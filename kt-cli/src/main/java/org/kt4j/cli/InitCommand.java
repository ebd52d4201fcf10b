package org.kt4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.FoundData;
import org.kt4j.engine.draft.DraftFiles;
import org.kt4j.engine.draft.DraftPlan;
import org.kt4j.engine.draft.DraftTimes;
import org.kt4j.engine.task.Recipe;
import org.kt4j.engine.task.Task;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt init}. */
@Command(
    name = "init",
    sortOptions = false,
    description = {
      "Look at a folder of pictures and write configurations that fit them.",
      "",
      "Writes a teacher, a small student alone and with a teacher, and a suite that compares them."
          + " Sizes, networks and epochs follow from the pictures and from a training step that is"
          + " measured here. Asks a few questions on a terminal; nothing is trained."
    })
final class InitCommand implements Callable<Integer> {

  private static final int MINUTES = 60;
  private static final int LONGEST = 100_000;
  private static final int SEEDS = 3;
  private static final int MOST = 100;
  private static final int SMALLEST = 8;
  private static final int LARGEST = 1024;

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(
      index = "0",
      paramLabel = "FOLDER",
      description = "Pictures in class folders, VOC, COCO, or the files of CIFAR or MNIST.")
  private @Nullable Path folder;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Where the configurations go; configs/NAME of the folder by default.")
  private @Nullable Path out;

  @Option(
      names = "--teacher",
      paramLabel = "RUN|FILE",
      description =
          "A teacher that is there already: a run folder, a file of weights, or a model such as"
              + " x.onnx.")
  private @Nullable Path teacher;

  @Option(
      names = "--task",
      paramLabel = "NAME",
      description = "What students learn, where the pictures suit several tasks.")
  private @Nullable String task;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Height and width of the pictures; of detectors the longer side.")
  private @Nullable Integer size;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = "How long the suite may take; fewer epochs where it is short. 60 by default.")
  private @Nullable Integer minutes;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "How often each student is trained in the suite, 3 by default.")
  private @Nullable Integer seeds;

  @Option(
      names = {"-y", "--yes"},
      description = "Ask nothing; take what is proposed.")
  private boolean yes;

  InitCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() throws Exception {
    requireRange("--size", size, SMALLEST, LARGEST);
    requireRange("--minutes", minutes, 1, LONGEST);
    requireRange("--seeds", seeds, 1, MOST);
    Path pictures = Objects.requireNonNull(folder, "picocli sees to it");
    DraftFolder target = DraftFolder.of(out, pictures);
    DraftSummary summary = new DraftSummary(terminal);
    Questions questions = new Questions(terminal, yes);
    FoundData data = installed.folderData().in(pictures).get(0);
    summary.found(data);
    Map<String, Recipe> recipes = recipes(data, size);
    if (recipes.isEmpty()) {
      throw new BadInputException(
          pictures + ": no task on the class path says how it would learn from " + data.data());
    }
    String chosen = chosenTask(recipes, questions);
    Recipe proposed = Objects.requireNonNull(recipes.get(chosen), chosen);
    Integer side = chosenSide(proposed, questions);
    Recipe recipe =
        Objects.equals(side, proposed.side())
            ? proposed
            : Objects.requireNonNull(recipes(data, side).get(chosen), chosen);
    double limit =
        60.0
            * questions.number(
                "Minutes that the comparison may take", minutes, MINUTES, 1, LONGEST);
    int times =
        questions.number("Trainings of each student, with other seeds", seeds, SEEDS, 1, MOST);
    NamedTeacher given = NamedTeacher.of(teacher, recipe.classes(), installed.networks());
    summary.chosen(recipe, given);
    DraftPlan wanted = DraftPlan.of(recipe, given.keys(), given.mapped(), times);
    Path scratch = Files.createTempDirectory("kt-init-");
    try {
      return OnExit.during(
          () -> {
            DraftTimes measured = measured(wanted, scratch);
            DraftPlan plan = measured.within(wanted, limit);
            summary.measured(measured, plan, limit);
            Map<String, String> files = DraftFiles.of(plan, target.text());
            target.put(files);
            summary.written(files.keySet(), measured, plan, target.path(), limit);
            return 0;
          },
          () -> {
            WorkerPlace.remove(scratch);
            terminal.end("interrupted; nothing is written");
          });
    } finally {
      WorkerPlace.remove(scratch);
    }
  }

  private static void requireRange(String option, @Nullable Integer value, int least, int most) {
    if (value != null && (value < least || value > most)) {
      throw new BadInputException(
          option + ": " + value + " is not allowed; allowed: " + least + " to " + most);
    }
  }

  /** By the names of the tasks; those that learn all that is known of the pictures come first. */
  private Map<String, Recipe> recipes(FoundData data, @Nullable Integer side) {
    Map<String, Recipe> recipes = new LinkedHashMap<>();
    Map<String, Recipe> others = new LinkedHashMap<>();
    for (Task each : installed.tasks().all()) {
      each.recipe(data, side)
          .ifPresent(
              recipe ->
                  (recipe.boxes() == data.boxes() ? recipes : others).put(each.name(), recipe));
    }
    recipes.putAll(others);
    return recipes;
  }

  private String chosenTask(Map<String, Recipe> recipes, Questions questions) {
    List<String> names = List.copyOf(recipes.keySet());
    if (task != null) {
      if (!recipes.containsKey(task)) {
        throw new BadInputException(
            "--task: " + task + " is not allowed; for these pictures: " + String.join(", ", names));
      }
      return task;
    }
    return names.size() == 1
        ? names.get(0)
        : questions.text("Task", names.get(0), String.join(", ", names), names::contains);
  }

  /** The height and width of the pictures, where they can be chosen. */
  private @Nullable Integer chosenSide(Recipe recipe, Questions questions) {
    Integer usual = recipe.side();
    return usual == null
        ? null
        : questions.number(
            recipe.boxes()
                ? "Longer side of the pictures, in pixels"
                : "Height and width of the pictures, in pixels",
            size,
            usual,
            SMALLEST,
            LARGEST);
  }

  private DraftTimes measured(DraftPlan plan, Path scratch) throws IOException {
    Path drafts = Files.createDirectory(scratch.resolve("configs"));
    for (Map.Entry<String, String> file : DraftFiles.of(plan, "configs").entrySet()) {
      Files.writeString(drafts.resolve(file.getKey()), file.getValue());
    }
    return installed
        .draftTimer()
        .measure(
            drafts,
            plan,
            Files.createDirectory(scratch.resolve("runs")),
            file -> terminal.plainError("measuring a step of " + file));
  }
}
