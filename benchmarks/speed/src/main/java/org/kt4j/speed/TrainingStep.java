package org.kt4j.speed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a training step costs, compared with what it is made of; {@code benchmarks/run step}.
 *
 * <p>Arguments: {@code --quick} for a smoke run, {@code --out FILE} to write the report as well,
 * and names of sections, else all are measured. Memory comes first, because what an earlier section
 * freed would hide growth.
 */
public final class TrainingStep {

  private TrainingStep() {}

  /** Measures and prints. */
  public static void main(String[] arguments) throws IOException {
    List<Section> sections = sections(KtCommand.ofHome());
    BenchmarkArguments given =
        BenchmarkArguments.parse("step", arguments, sections.stream().map(Section::name).toList());
    Settings settings = given.quick() ? Settings.smoke() : Settings.full();
    given.publish(report(settings, given.chosen(sections)).markdown());
  }

  /** All sections, in the order in which they are measured. */
  static List<Section> sections(@Nullable KtCommand kt) {
    return List.of(
        new MemoryGrowth(),
        new Throughput(),
        new ConvolutionBound(),
        new LoopOverhead(),
        new Distillation(),
        new StageTransfer(),
        new MethodTransfer(),
        new CommandStart(kt));
  }

  /** Measures. */
  static Report report(Settings settings, List<Section> sections) throws IOException {
    Workbench bench = new Workbench(settings);
    List<String> notes = new ArrayList<>();
    notes.add(
        String.format(
            Locale.ROOT,
            "One process; what is compared takes turns: %s. A ratio is the median over the rounds"
                + " of the ratio within a round.",
            bench.rounds()));
    notes.add(
        String.format(
            Locale.ROOT,
            "Batches of %d pictures of 32x32x3 from `shapes`; seed %d; SGD with momentum.",
            settings.batch(),
            Settings.SEED));
    notes.add("The loop has " + settings.loopSteps() + " steps a round.");
    return Report.measured("A training step", bench, sections, notes);
  }
}
