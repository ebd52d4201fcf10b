package org.kt4j.speed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a teacher costs, live and computed once; {@code benchmarks/run teacher}.
 *
 * <p>Arguments: {@code --cifar10 FOLDER}, {@code --npz FILE}, {@code --onnx FILE} for real data and
 * teachers; what needs one that is not given is not measured, or is measured on generated pictures
 * with an untrained teacher, which is as much work.
 */
public final class TeacherCost {

  private TeacherCost() {}

  /** Measures and prints. */
  public static void main(String[] arguments) throws IOException {
    BenchmarkArguments given =
        BenchmarkArguments.parse(
            "teacher", arguments, sections().stream().map(Section::name).toList());
    Settings settings = given.quick() ? Settings.smoke() : Settings.full();
    given.publish(report(settings, given.materials(), given.chosen(sections())).markdown());
  }

  /** All sections, in the order in which they are measured. */
  static List<Section> sections() {
    return List.of(
        new StoredTeacher(),
        new FillSpeed(),
        new KeptAnswers(),
        new SharedPass(),
        new LiveOnnx(),
        new TeacherEngines(),
        new TimeToAccuracy());
  }

  /** Measures. */
  static Report report(Settings settings, Materials materials, List<Section> sections)
      throws IOException {
    Workbench bench = new Workbench(settings, materials);
    List<String> notes = new ArrayList<>();
    notes.add(
        "One process; what is compared takes turns. A ratio is the median over the rounds of the"
            + " ratio within a round.");
    notes.add(
        "Pictures: "
            + bench.pictures().name()
            + ", "
            + bench.pictures().size()
            + " of "
            + bench.pictures().shape()
            + "; batches of "
            + settings.batch()
            + "; seed "
            + Settings.SEED
            + "; the teacher is "
            + (materials.npz() == null ? "untrained" : "trained")
            + ".");
    return Report.measured("What a teacher costs", bench, sections, notes);
  }
}
