package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.kt4j.engine.run.Scores;
import org.kt4j.engine.text.Table;

/**
 * How much each class gained from each method, over the seeds, after the last epoch. The scores of
 * classes are shares, and the larger the better.
 */
final class ClassGains {

  /** More would be a wall of numbers; those that moved most are shown. */
  private static final int MOST = 40;

  private final String score;
  private final List<Method> methods;
  private final List<String> classes;
  private final double[] alone;
  private final List<double[]> gains = new ArrayList<>();
  private final double[] teacher;

  ClassGains(MethodTable table) {
    classes =
        table.runs().stream()
            .map(run -> run.result().orElseThrow().classes())
            .findFirst()
            .orElse(List.of());
    score =
        table.runs().stream()
            .flatMap(run -> run.scores().stream())
            .map(Scores::score)
            .findFirst()
            .orElse("");
    methods = table.methods().stream().filter(this::hasClasses).toList();
    alone =
        hasClasses(table.baseline()) ? mean(table.baseline(), RunRecord::classes) : new double[0];
    for (Method method : methods) {
      double[] mean = mean(method, RunRecord::classes);
      gains.add(
          alone.length == 0
              ? new double[0]
              : IntStream.range(0, classes.size()).mapToDouble(k -> mean[k] - alone[k]).toArray());
    }
    teacher =
        methods.stream()
            .filter(m -> m.runs().stream().allMatch(run -> run.teacherClasses().isPresent()))
            .findFirst()
            .map(m -> mean(m, RunRecord::teacherClasses))
            .orElse(new double[0]);
  }

  private boolean hasClasses(Method method) {
    return !method.isEmpty()
        && method.runs().stream().allMatch(run -> run.classes().isPresent() && isOfThese(run));
  }

  /** On different data there may be other classes. */
  private boolean isOfThese(RunRecord run) {
    return run.result().orElseThrow().classes().equals(classes);
  }

  /** Whether the precision of each class is known at each recall, for every run of a method. */
  boolean hasPrecision(Method method) {
    return hasClasses(method) && method.runs().stream().allMatch(RunRecord::hasPrecision);
  }

  private double[] mean(Method method, Function<RunRecord, Optional<double[]>> classesOf) {
    double[] mean = new double[classes.size()];
    for (RunRecord run : method.runs()) {
      double[] one = classesOf.apply(run).orElseThrow();
      for (int k = 0; k < mean.length; k++) {
        mean[k] += one[k] / method.runs().size();
      }
    }
    return mean;
  }

  boolean isEmpty() {
    return methods.isEmpty() || alone.length == 0;
  }

  boolean isShortened() {
    return classes.size() > MOST;
  }

  List<Method> methods() {
    return methods;
  }

  /** Indices of the classes that are shown, in the data set's order. */
  int[] shown() {
    return IntStream.range(0, classes.size())
        .boxed()
        .sorted(Comparator.comparingDouble(k -> -movement(k)))
        .limit(MOST)
        .sorted()
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private double movement(int k) {
    return isEmpty() ? 0 : gains.stream().mapToDouble(gain -> Math.abs(gain[k])).max().orElse(0);
  }

  String name(int k) {
    return classes.get(k);
  }

  String alone(int k) {
    return percent(alone[k]);
  }

  String teacher(int k) {
    return teacher.length == 0 ? "-" : percent(teacher[k]);
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f", 100 * share);
  }

  double gain(int method, int k) {
    return gains.get(method)[k];
  }

  String gainText(int method, int k) {
    double gain = gain(method, k);
    return Double.isNaN(gain) ? "-" : String.format(Locale.ROOT, "%+.1f", 100 * gain);
  }

  /** What the table shows. */
  String heading() {
    return "Gain in " + score + " of each class, in percentage points";
  }

  /** What the columns are. */
  String note(String baseline) {
    return "The columns show the "
        + score
        + " of each class on the test pictures after the last epoch: that of the "
        + baseline
        + " as the baseline, the gain of each method over it, and that of the teacher. All are"
        + " means over the seeds."
        + (isShortened()
            ? " Only the "
                + MOST
                + " classes with the largest gains or losses are shown; the report of a single run"
                + " shows all classes."
            : "");
  }

  /** Classes downwards, methods to the right. */
  Table table() {
    List<String> header = new ArrayList<>(List.of("class", "baseline " + score + " %"));
    methods.forEach(method -> header.add(method.name()));
    header.add("teacher " + score + " %");
    List<List<String>> rows =
        Arrays.stream(shown())
            .mapToObj(
                k -> {
                  List<String> row = new ArrayList<>(List.of(name(k), alone(k)));
                  IntStream.range(0, methods.size()).forEach(m -> row.add(gainText(m, k)));
                  row.add(teacher(k));
                  return row;
                })
            .toList();
    return new Table(header, rows);
  }
}
