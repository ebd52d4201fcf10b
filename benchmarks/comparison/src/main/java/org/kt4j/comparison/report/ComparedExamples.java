package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * The same test pictures with the answers of each method.
 *
 * @param pictures a few of them
 */
record ComparedExamples(List<Picture> pictures) {

  /** More would be many megabytes with a dozen methods. */
  private static final int MOST = 3;

  /**
   * One picture.
   *
   * @param name of it
   * @param answers of each method; those without the picture are left out
   */
  record Picture(String name, List<Answer> answers) {}

  /**
   * What the student of a method's first seed answers.
   *
   * @param method its name
   * @param seed of the run
   * @param example the picture with the answer
   */
  record Answer(String method, long seed, Example example) {}

  ComparedExamples {
    pictures = List.copyOf(pictures);
  }

  /**
   * The first pictures of a table's first method that has any.
   *
   * @param warnings told of what is damaged or missing
   */
  static ComparedExamples of(MethodTable table, Consumer<String> warnings) {
    List<Method> methods = table.all().stream().filter(method -> !method.isEmpty()).toList();
    List<String> names =
        methods.stream()
            .map(method -> Example.names(first(method).folder(), warnings))
            .filter(found -> !found.isEmpty())
            .findFirst()
            .orElse(List.of());
    List<Picture> pictures = new ArrayList<>();
    for (String name : names.subList(0, Math.min(MOST, names.size()))) {
      List<Answer> answers = new ArrayList<>();
      for (Method method : methods) {
        RunRecord run = first(method);
        Example.read(run.folder(), name, warnings)
            .ifPresent(example -> answers.add(new Answer(method.name(), run.seed(), example)));
      }
      if (!answers.isEmpty()) {
        pictures.add(new Picture(name, answers));
      }
    }
    return new ComparedExamples(pictures);
  }

  private static RunRecord first(Method method) {
    return method.runs().stream().min(Comparator.comparingLong(RunRecord::seed)).orElseThrow();
  }

  boolean isEmpty() {
    return pictures.isEmpty();
  }
}
