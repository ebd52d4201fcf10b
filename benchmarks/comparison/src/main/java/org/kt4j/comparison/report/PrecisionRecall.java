package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.kt4j.engine.run.Scores;
import org.kt4j.engine.run.Scores.ClassScore;
import org.kt4j.engine.text.NumberFormats;

/** How precise the answers are at each recall, class by class. */
final class PrecisionRecall {

  /** Lines that one panel holds before they are hard to tell apart. */
  private static final int COLOURS = 6;

  private PrecisionRecall() {}

  /** Of one run: a line for each class where they are few, a panel for each where they are many. */
  static List<ComparisonPage.Plot> of(RunRecord run) {
    List<Panel.Curve> curves = new ArrayList<>();
    List<String> words = new ArrayList<>();
    List<ComparisonPage.Plot> panels = new ArrayList<>();
    Scores scores = run.scores().orElseThrow();
    boolean few = scores.classes().size() <= COLOURS;
    for (ClassScore one : scores.classes()) {
      Panel.Curve curve =
          Panel.Curve.ofMeans(
              one.name(), few ? style(curves.size()) : style(0), List.of(levels(one)));
      String inWords = described(curve, scores.score(), one.last());
      curves.add(curve);
      words.add(inWords);
      panels.add(plot(caption(scores, one), List.of(curve), List.of(inWords), List.of()));
    }
    return curves.size() > COLOURS
        ? panels
        : List.of(plot("", curves, words, curves.stream().map(PrecisionRecall::key).toList()));
  }

  /**
   * Of methods: a panel for each of these classes, a line for each method, its mean over the seeds.
   *
   * @param methods whose precision is known, for every run of them
   */
  static List<ComparisonPage.Plot> of(MethodTable table, List<Method> methods, int[] classes) {
    List<ComparisonPage.Plot> panels = new ArrayList<>();
    Scores scores = methods.get(0).runs().get(0).scores().orElseThrow();
    for (int k : classes) {
      List<Panel.Curve> curves = new ArrayList<>();
      List<String> words = new ArrayList<>();
      int coloured = 0;
      for (Method method : methods) {
        List<ClassScore> seeds = method.runs().stream().map(run -> score(run, k)).toList();
        String style = table.isBaseline(method) ? "alone" : style(coloured++);
        Panel.Curve curve =
            Panel.Curve.ofMeans(
                method.name(), style, seeds.stream().map(PrecisionRecall::levels).toList());
        curves.add(curve);
        double[] last = seeds.stream().mapToDouble(ClassScore::last).toArray();
        words.add(described(curve, scores.score(), Spread.of(last).mean()));
      }
      panels.add(plot(caption(scores, scores.classes().get(k)), curves, words, List.of()));
    }
    return panels;
  }

  /** The legend of such panels. */
  static List<ComparisonPage.Key> keys(MethodTable table, List<Method> methods) {
    List<ComparisonPage.Key> keys = new ArrayList<>();
    int coloured = 0;
    for (Method method : methods) {
      keys.add(
          new ComparisonPage.Key(
              method.name(), table.isBaseline(method) ? "alone" : style(coloured++)));
    }
    return keys;
  }

  private static ClassScore score(RunRecord run, int k) {
    return run.scores().orElseThrow().classes().get(k);
  }

  private static String caption(Scores scores, ClassScore one) {
    return one.name() + " (" + scores.counted() + ": " + NumberFormats.count(one.count()) + ")";
  }

  /** By recall in percent. */
  private static Map<Integer, Double> levels(ClassScore score) {
    Map<Integer, Double> levels = new TreeMap<>();
    for (int recall = 0; recall < score.precision().size(); recall++) {
      levels.put(recall, 100 * score.precision().get(recall));
    }
    return levels;
  }

  private static ComparisonPage.Plot plot(
      String caption, List<Panel.Curve> curves, List<String> words, List<ComparisonPage.Key> keys) {
    String description =
        "Precision against recall"
            + (caption.isEmpty() ? "" : " of " + caption)
            + ": "
            + words.stream().collect(Collectors.joining("; "));
    return new ComparisonPage.Plot(caption, Panel.ofPercents().draw(curves, description), keys);
  }

  private static String described(Panel.Curve curve, String score, double value) {
    return String.format(
        Locale.ROOT,
        "%s, %s %s, precision %s at recall 25 %%, %s at 50 %%, %s at 75 %%",
        curve.name(),
        score,
        percent(100 * value),
        percent(curve.at(25)),
        percent(curve.at(50)),
        percent(curve.at(75)));
  }

  private static String percent(double value) {
    return Double.isNaN(value) ? "unknown" : String.format(Locale.ROOT, "%.1f %%", value);
  }

  private static ComparisonPage.Key key(Panel.Curve curve) {
    return new ComparisonPage.Key(curve.name(), curve.style());
  }

  /** Colours begin again after six, with a thinner line. */
  private static String style(int number) {
    return "series-" + number % COLOURS + (number < COLOURS ? "" : " thin");
  }
}
