package org.kt4j.speed;

import java.io.IOException;
import java.util.List;

/**
 * How fast an exported student is, and what each part of the export costs or brings; {@code
 * benchmarks/run export}.
 *
 * <p>Arguments: {@code --npz FILE} for a trained teacher, and with {@code --onnx FILE} for the same
 * network in ONNX Runtime; without them the teacher is untrained, which is as much work, and the
 * section that needs both is not measured.
 */
public final class ExportSpeed {

  /** One picture is a fraction of a batch. */
  private static final int MORE = 16;

  private ExportSpeed() {}

  /** Measures and prints. */
  public static void main(String[] arguments) throws IOException {
    BenchmarkArguments given =
        BenchmarkArguments.parse(
            "export", arguments, sections().stream().map(Section::name).toList());
    Settings settings = given.quick() ? Settings.smoke() : Settings.full();
    given.publish(report(settings, given.materials(), given.chosen(sections())).markdown());
  }

  /** All sections, in the order in which they are measured. */
  static List<Section> sections() {
    return List.of(
        ExportRoutes.latency(),
        ExportRoutes.throughput(),
        new HalfPrecisionCost(),
        new ResizingCost(),
        new ExportEngines(),
        new PrunedExports(),
        new OnnxRuntimeBeside());
  }

  /** Measures. */
  static Report report(Settings settings, Materials materials, List<Section> sections)
      throws IOException {
    Workbench bench = new Workbench(settings, materials);
    List<String> notes =
        List.of(
            "One process; what is compared takes turns: "
                + ofOne(settings)
                + " with one picture, "
                + bench.rounds()
                + " with "
                + settings.batch()
                + ". A ratio is the median over the rounds of the ratio within a round.",
            "Pictures of "
                + bench.pictures().shape()
                + " from "
                + bench.pictures().name()
                + ", from bytes in Java's heap to numbers there unless a remark says otherwise."
                + " Student "
                + settings.student()
                + ", untrained; teacher "
                + settings.teacher()
                + ", "
                + (materials.npz() == null ? "untrained" : "trained")
                + ".",
            "What should compute the same is held against each other before it is timed.");
    return Report.measured("An exported student", bench, sections, notes);
  }

  private static Rounds ofOne(Settings settings) {
    return new Rounds(MORE * settings.warmUp(), settings.rounds(), MORE * settings.calls());
  }

  /** How often subjects are called. */
  static Rounds rounds(Workbench bench, int batch) {
    return batch == 1 ? ofOne(bench.settings()) : bench.rounds();
  }
}
