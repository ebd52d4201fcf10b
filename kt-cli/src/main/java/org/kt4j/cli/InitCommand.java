package org.kt4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.FoundData;
import org.kt4j.data.file.AtomicFiles;
import org.kt4j.engine.draft.DraftFiles;
import org.kt4j.engine.draft.DraftPlan;
import org.kt4j.engine.draft.DraftTimes;
import org.kt4j.engine.task.Recipe;
import org.kt4j.engine.task.Task;
import org.kt4j.engine.text.NumberFormats;
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
  private static final int SEEDS = 3;
  private static final int SMALLEST = 8;
  private static final int LARGEST = 1024;

  /** How many classes one line names. */
  private static final int NAMED = 12;

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
    requireRange("--minutes", minutes, 1, 100_000);
    requireRange("--seeds", seeds, 1, 100);
    Path pictures = Objects.requireNonNull(folder, "picocli sees to it");
    Path target = out != null ? out : Path.of("configs").resolve(name(pictures));
    requireFree(target);
    requireOutside(pictures, target);
    List<FoundData> found = installed.folderData().in(pictures);
    FoundData data = found.get(0);
    describe(data);
    Map<String, Recipe> recipes = recipes(data, size);
    if (recipes.isEmpty()) {
      throw new BadInputException(
          pictures + ": no task on the class path says how it would learn from " + data.data());
    }
    String chosen = chosenTask(recipes);
    Recipe proposed = Objects.requireNonNull(recipes.get(chosen), chosen);
    Integer side = chosenSide(proposed);
    Recipe recipe =
        Objects.equals(side, proposed.side())
            ? proposed
            : Objects.requireNonNull(recipes(data, side).get(chosen), chosen);
    double limit =
        60.0 * number("Minutes that the comparison may take", minutes, MINUTES, 1, 100_000);
    int times = number("Trainings of each student, with other seeds", seeds, SEEDS, 1, 100);
    NamedTeacher given = NamedTeacher.of(teacher, recipe.classes(), installed.networks());
    DraftPlan wanted = DraftPlan.of(recipe, given.keys(), given.mapped(), times);

    terminal.line("");
    List<String> reasons = recipe.reasons();
    for (int i = 0; i < reasons.size(); i++) {
      fact(i == 0 ? "chosen" : "", reasons.get(i));
    }
    if (given.keys() != null) {
      fact("", "instead of that teacher the one that was named: " + given.keys());
    }
    Path scratch = Files.createTempDirectory("kt-init-");
    try {
      return OnExit.during(
          () -> {
            DraftTimes measured = measured(wanted, scratch);
            write(measured, measured.within(wanted, limit), target, limit);
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

  /** The name of a folder as it can stand in commands on all systems. */
  private static String name(Path folder) {
    Path last = folder.toAbsolutePath().normalize().getFileName();
    String plain =
        String.valueOf(last)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return plain.isEmpty() ? "pictures" : plain;
  }

  private static void requireFree(Path target) throws IOException {
    OutputPlace.folder("--out", target);
    if (!Files.isDirectory(target)) {
      return;
    }
    List<String> there;
    try (Stream<Path> files = Files.list(target)) {
      there =
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(file -> file.endsWith(".yaml"))
              .sorted()
              .toList();
    }
    if (!there.isEmpty()) {
      throw new BadInputException(
          target
              + ": there is "
              + String.join(", ", there)
              + " already; fix: name another folder with --out, or move it away");
    }
  }

  /** Configurations and runs are no pictures: in a folder of classes they would become some. */
  private static void requireOutside(Path pictures, Path target) throws IOException {
    if (!Files.isDirectory(pictures)) {
      return;
    }
    Path real = pictures.toRealPath();
    Path runs = Path.of("").toRealPath();
    if (runs.startsWith(real) || target.toAbsolutePath().normalize().startsWith(real)) {
      throw new BadInputException(
          pictures
              + ": configurations and runs would be written among the pictures; fix: run kt in"
              + " another folder, such as "
              + (real.getParent() == null ? "one beside it" : real.getParent())
              + (runs.startsWith(real) ? "" : ", or name another one with --out"));
    }
  }

  private void describe(FoundData data) {
    fact(
        "found",
        data.data()
            + ": "
            + NumberFormats.count(data.train())
            + " pictures to learn from, "
            + NumberFormats.count(data.heldOut())
            + " held out, "
            + NumberFormats.count(data.test())
            + " to test with");
    fact("", (data.channels() == 1 ? "grey, " : "in colour, ") + data.sizes());
    List<String> classes =
        data.classes().entrySet().stream()
            .map(each -> each.getKey() + " " + NumberFormats.count(each.getValue()))
            .toList();
    fact(
        "",
        data.classes().size()
            + (data.boxes() ? " classes of objects: " : " classes: ")
            + classes.stream().limit(NAMED).collect(Collectors.joining(", "))
            + (classes.size() > NAMED ? " and " + (classes.size() - NAMED) + " more" : ""));
    data.odd().forEach(sentence -> fact("odd", sentence));
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

  private String chosenTask(Map<String, Recipe> recipes) {
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
        : ask("Task", names.get(0), String.join(", ", names), names::contains);
  }

  /** The height and width of the pictures, where they can be chosen. */
  private @Nullable Integer chosenSide(Recipe recipe) {
    Integer usual = recipe.side();
    return usual == null
        ? null
        : number(
            recipe.boxes()
                ? "Longer side of the pictures, in pixels"
                : "Height and width of the pictures, in pixels",
            size,
            usual,
            SMALLEST,
            LARGEST);
  }

  private int number(String question, @Nullable Integer given, int usual, int least, int most) {
    if (given != null) {
      return given;
    }
    return Integer.parseInt(
        ask(
            question,
            Integer.toString(usual),
            "a whole number from " + least + " to " + most,
            answer ->
                answer.matches("[0-9]{1,6}")
                    && Integer.parseInt(answer) >= least
                    && Integer.parseInt(answer) <= most));
  }

  /** Asks until the answer is allowed; an empty one, or none, is the usual one. */
  private String ask(String question, String usual, String allowed, Predicate<String> isAllowed) {
    while (!yes) {
      String answer = terminal.ask(question + " [" + usual + "]: ").orElse("").strip();
      if (answer.isEmpty()) {
        break;
      }
      if (isAllowed.test(answer)) {
        return answer;
      }
      terminal.line("'" + answer + "' is not allowed; allowed: " + allowed);
    }
    return usual;
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

  private void write(DraftTimes times, DraftPlan plan, Path target, double limit)
      throws IOException {
    List<String> steps = new ArrayList<>();
    if (times.teacher() > 0) {
      steps.add("teacher " + milliseconds(times.teacher()));
    }
    steps.add("student alone " + milliseconds(times.alone()));
    steps.add("with the teacher " + milliseconds(times.taught()));
    fact("measured", "steps of " + plan.recipe().batchSize() + ": " + String.join(", ", steps));
    DraftPlan full = DraftPlan.of(plan.recipe(), plan.teacher(), plan.mapped(), plan.seeds());
    if (!full.equals(plan)) {
      fact(
          "shortened",
          shown(plan)
              + ", to stay within "
              + NumberFormats.time(limit)
              + "; "
              + shown(full)
              + " would take "
              + NumberFormats.time(times.suite(full)));
    }
    put(DraftFiles.of(plan, target.toString().replace('\\', '/')), target);
    terminal.line("");
    fact(
        "written",
        DraftFiles.of(plan, "").keySet().stream()
            .map(file -> target.resolve(file).toString())
            .collect(Collectors.joining(", ")));
    String command = "kt compare " + target.resolve(DraftFiles.SUITE);
    fact(
        "estimate",
        command
            + ": "
            + NumberFormats.time(times.suite(plan))
            + " on this machine"
            + (times.teacher() > 0
                ? ", of which the teacher " + NumberFormats.time(times.teacherRun(plan))
                : ""));
    if (times.suite(plan) > limit) {
      fact(
          "",
          "longer than "
              + NumberFormats.time(limit)
              + ", for networks learn little in fewer epochs; shorter with fewer --seeds, a smaller"
              + " --size, or fewer pictures");
    }
    terminal.line("");
    terminal.line("next: " + command);
  }

  private static String shown(DraftPlan plan) {
    return plan.epochs()
        + " epochs"
        + (plan.teacher() == null ? " and " + plan.teacherEpochs() + " of the teacher" : "")
        + " with "
        + NumberFormats.count(plan.learnt())
        + " pictures";
  }

  /** Puts all files in their places, or none where the folder is new. */
  private static void put(Map<String, String> texts, Path target) throws IOException {
    if (Files.isDirectory(target)) {
      for (Map.Entry<String, String> text : texts.entrySet()) {
        AtomicFiles.write(target.resolve(text.getKey()), text.getValue());
      }
      return;
    }
    Path absolute = target.toAbsolutePath();
    Files.createDirectories(absolute.getParent());
    Path made = Files.createDirectories(AtomicFiles.beside(absolute));
    for (Map.Entry<String, String> text : texts.entrySet()) {
      Files.writeString(made.resolve(text.getKey()), text.getValue());
    }
    AtomicFiles.replaceFolder(made, absolute);
  }

  private static String milliseconds(double seconds) {
    return String.format(Locale.ROOT, "%.0f ms", 1000 * seconds);
  }

  private void fact(String name, String text) {
    terminal.line(String.format(Locale.ROOT, "%-10s %s", name, text));
  }
}
