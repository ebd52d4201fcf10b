package org.kt4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.kt4j.data.FoundData;
import org.kt4j.engine.draft.DraftFiles;
import org.kt4j.engine.draft.DraftPlan;
import org.kt4j.engine.draft.DraftTimes;
import org.kt4j.engine.task.Recipe;
import org.kt4j.engine.text.NumberFormats;

/**
 * What {@code kt init} says, a line for each fact.
 *
 * @param terminal where it is said
 */
record DraftSummary(Terminal terminal) {

  /** How many classes one line names. */
  private static final int NAMED = 12;

  void found(FoundData data) {
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

  void chosen(Recipe recipe, NamedTeacher teacher) {
    terminal.line("");
    List<String> reasons = recipe.reasons();
    for (int i = 0; i < reasons.size(); i++) {
      fact(i == 0 ? "chosen" : "", reasons.get(i));
    }
    if (teacher.keys() != null) {
      fact("", "instead of that teacher the one that was named: " + teacher.keys());
    }
  }

  /** The steps, and what was left out to stay within the limit. */
  void measured(DraftTimes times, DraftPlan plan, double limit) {
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
  }

  void written(Set<String> files, DraftTimes times, DraftPlan plan, Path folder, double limit) {
    terminal.line("");
    fact(
        "written",
        files.stream()
            .map(file -> folder.resolve(file).toString())
            .collect(Collectors.joining(", ")));
    String command = "kt compare " + folder.resolve(DraftFiles.SUITE);
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

  private static String milliseconds(double seconds) {
    return String.format(Locale.ROOT, "%.0f ms", 1000 * seconds);
  }

  private void fact(String name, String text) {
    terminal.line(String.format(Locale.ROOT, "%-10s %s", name, text));
  }
}
