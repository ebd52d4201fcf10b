package org.kt4j.engine.draft;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.kt4j.engine.json.Json;
import org.kt4j.engine.text.NumberFormats;

/** Configurations as text, with comments. */
public final class DraftFiles {

  /** The configuration of the teacher. */
  public static final String TEACHER = "teacher.yaml";

  /** The student that learns from the labels alone. */
  public static final String ALONE = "student-alone.yaml";

  /** The comparison. */
  public static final String SUITE = "suite.yaml";

  private static final String AUGMENTATION = "augmentation";

  /** What YAML takes for a text and nothing else, within braces, too. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_./][A-Za-z0-9_./-]*");

  /** What YAML, or a reader of it, takes for something else. */
  private static final Set<String> OTHER_VALUES =
      Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n", ".");

  private final DraftPlan plan;
  private final String folder;

  private DraftFiles(DraftPlan plan, String folder) {
    this.plan = plan;
    this.folder = folder;
  }

  /**
   * The files by their names.
   *
   * @param folder that they will be in, as commands name it
   */
  public static Map<String, String> of(DraftPlan plan, String folder) {
    DraftFiles files = new DraftFiles(plan, folder);
    Map<String, String> texts = new LinkedHashMap<>();
    if (plan.teacher() == null) {
      texts.put(TEACHER, files.teacher());
    }
    texts.put(ALONE, files.alone());
    texts.put(taught(plan), files.taught());
    texts.put(SUITE, files.suite());
    return texts;
  }

  /** The student that learns from the teacher, by what it learns: {@code kd-nst.yaml}. */
  public static String taught(DraftPlan plan) {
    return plan.names("-").toLowerCase(Locale.ROOT) + ".yaml";
  }

  private String teacher() {
    return head("train", TEACHER, "The large network, trained by itself when another one needs it.")
        + data()
        + "student: "
        + plan.recipe().teacher()
        + "\n"
        + augmentation(false, false)
        + common()
        + phase("teacher", plan.teacherEpochs(), List.of(plan.recipe().labels()))
        + end();
  }

  private String alone() {
    return head(
            "train",
            ALONE,
            "The small network learns from the labels alone: what a teacher is" + " measured by.")
        + data()
        + "student: "
        + plan.recipe().student()
        + "\n"
        + augmentation(true, false)
        + common()
        + phase("alone", plan.epochs(), List.of(plan.recipe().labels()))
        + end();
  }

  private String taught() {
    List<List<String>> methods = List.copyOf(plan.methods().values());
    String given = plan.teacher();
    return head(
            "train",
            taught(plan),
            "The small network learns from the labels and from the teacher: "
                + plan.names(" and ")
                + ".")
        + data()
        + "teacher: "
        + (given == null ? "{config: " + TEACHER + "}" : given)
        + "\n"
        + (plan.mapped()
            ? ""
            : "# What reads feature maps is left out: they have names of their own in the model."
                + " Name them as outputs:\n# {logits: ..., stage3: ...}, and add a term.\n")
        + "student: "
        + plan.recipe().student()
        + "\n"
        + "# kt train prints the gain over this one.\n"
        + "baseline: {config: "
        + ALONE
        + "}\n"
        + augmentation(true, true)
        + common()
        + phase("distil", plan.epochs(), methods.get(methods.size() - 1))
        + end();
  }

  private String suite() {
    StringBuilder text =
        new StringBuilder(
            head(
                "compare",
                SUITE,
                "The student alone beside each way to learn from the teacher, each with "
                    + (plan.seeds() == 1 ? "one seed" : plan.seeds() + " seeds")
                    + "; ends with a report."));
    text.append("base: ").append(taught(plan)).append("\n");
    text.append("seeds: [")
        .append(
            IntStream.rangeClosed(1, plan.seeds())
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(", ")))
        .append("]\n");
    text.append("methods:\n");
    plan.methods()
        .forEach(
            (name, objective) -> {
              text.append("  - name: ").append(name).append("\n    objective:\n");
              objective.forEach(term -> text.append("      - ").append(term).append("\n"));
            });
    return text.toString();
  }

  private String head(String command, String file, String purpose) {
    return "# kt " + command + " " + folder + "/" + file + "\n# " + purpose + "\n";
  }

  private String data() {
    return "# "
        + NumberFormats.count(plan.learnt())
        + " pictures to learn from, "
        + NumberFormats.count(plan.heldOut())
        + " to select the best epoch by, "
        + NumberFormats.count(plan.found().test())
        + " to test with; "
        + plan.recipe().classes()
        + " classes.\n"
        + (plan.data().containsKey("path")
            ? "# The path goes from the folder in which kt is run.\n"
            : "")
        + "data: "
        + flow(plan.data())
        + "\n";
  }

  /** Pictures are changed anew in each epoch, except where the teacher's answers are stored. */
  private String augmentation(boolean ofStudents, boolean stored) {
    String given = plan.recipe().further().getOrDefault(AUGMENTATION, "{}");
    String inside = given.substring(1, given.length() - 1);
    int views = ofStudents ? plan.recipe().views() : 0;
    if (views == 0) {
      return inside.isEmpty() ? "" : "augmentation: " + given + "\n";
    }
    return "# "
        + views
        + " fixed views of each picture, "
        + (stored
            ? "for which the teacher answers once and not in each epoch.\n"
            : "as the student sees that has a teacher.\n")
        + "augmentation: {"
        + (inside.isEmpty() ? "" : inside + ", ")
        + "views: "
        + views
        + "}\n"
        + (stored ? "cache: {precision: half}\n" : "");
  }

  private String common() {
    StringBuilder text = new StringBuilder();
    plan.recipe()
        .further()
        .forEach(
            (key, value) -> {
              if (!AUGMENTATION.equals(key)) {
                text.append(key).append(": ").append(value).append("\n");
              }
            });
    return text + "batch-size: " + plan.recipe().batchSize() + "\n";
  }

  private static String phase(String name, int epochs, List<String> objective) {
    return "phases:\n  - name: "
        + name
        + "\n    epochs: "
        + epochs
        + "\n    objective:\n"
        + objective.stream().map(term -> "      - " + term + "\n").collect(Collectors.joining());
  }

  private static String end() {
    return "schedule: {name: cosine, warm-up-epochs: 1}\nseed: 1\n";
  }

  /** A mapping in braces. */
  private static String flow(Map<String, Object> options) {
    return options.entrySet().stream()
        .map(each -> each.getKey() + ": " + scalar(each.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  /** A value as YAML reads it back, wherever it stands. */
  public static String scalar(Object value) {
    String text = value.toString();
    boolean plain =
        value instanceof Number
            || (PLAIN.matcher(text).matches()
                && !OTHER_VALUES.contains(text.toLowerCase(Locale.ROOT)));
    return plain ? text : Json.line(text);
  }
}
