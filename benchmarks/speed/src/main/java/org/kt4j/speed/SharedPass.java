package org.kt4j.speed;

import java.util.List;
import org.kt4j.engine.cache.FillListener;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.teacher.Teacher;

/**
 * Filling the caches of several methods in one pass over the pictures, as a comparison does it,
 * beside one pass for each of them.
 */
final class SharedPass implements Section {

  private static final int LARGEST_ROUNDS = 3;

  private static final List<String> METHODS =
      List.of("kd", "nst", "attention", "fitnets", "sp", "pkt", "cwd", "pkd");

  @Override
  public String name() {
    return "pass";
  }

  @Override
  public Outcome measure(Workbench bench) {
    Settings settings = bench.settings();
    int rounds = Math.min(LARGEST_ROUNDS, settings.rounds());
    double[] together = new double[rounds];
    double[] apart = new double[rounds];
    List<Term> terms = METHODS.stream().map(bench::term).toList();
    try (Teacher teacher = bench.teacher(settings.teacher())) {
      fill(bench, teacher, terms.subList(0, 1)); // loads the native library's kernels
      for (int round = 0; round < rounds; round++) {
        long began = System.nanoTime();
        fill(bench, teacher, terms);
        together[round] = (System.nanoTime() - began) / 1e9;
        began = System.nanoTime();
        for (Term term : terms) {
          fill(bench, teacher, List.of(term));
        }
        apart[round] = (System.nanoTime() - began) / 1e9;
      }
    }
    Samples one = new Samples(together);
    Samples each = new Samples(apart);
    return Outcome.of(
        Figure.of(name(), "a pass for each method", "s", each)
            .noting(
                String.join(", ", METHODS)
                    + "; "
                    + settings.teacher()
                    + ", "
                    + bench.pictures().size()
                    + " pictures, one view"),
        Figure.of(name(), "one pass for all", "s", one).noting("the same files"),
        Figure.of(name(), "one pass over a pass for each", "", one.over(each))
            .wanted(Figure.Target.atMost(0.25)));
  }

  private static void fill(Workbench bench, Teacher teacher, List<Term> terms) {
    try (TemporaryFolder folder = new TemporaryFolder()) {
      bench.stored(
          folder.path(),
          bench.settings().student(),
          teacher,
          Workbench.views(1),
          FillListener.SILENT,
          terms);
    }
  }
}
