package org.kt4j.speed;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * What a detector's training step costs, and what its export does; {@code benchmarks/run
 * detection}.
 */
public final class DetectionSpeed {

  private DetectionSpeed() {}

  /** Measures and prints. */
  public static void main(String[] arguments) throws IOException {
    BenchmarkArguments given =
        BenchmarkArguments.parse(
            "detection", arguments, sections().stream().map(Section::name).toList());
    Settings settings = given.quick() ? Settings.smoke() : Settings.full();
    given.publish(report(settings, given.chosen(sections())).markdown());
  }

  /** All sections, in the order in which they are measured. */
  static List<Section> sections() {
    return List.of(new DetectorThroughput(), new DetectorLoop(), new ExportedDetectorSpeed());
  }

  /** Measures. */
  static Report report(Settings settings, List<Section> sections) throws IOException {
    Workbench bench = new Workbench(settings);
    List<String> notes =
        List.of(
            String.format(
                Locale.ROOT,
                "One process; what is compared takes turns: %s. A ratio is the median over the"
                    + " rounds of the ratio within a round.",
                bench.rounds()),
            String.format(
                Locale.ROOT,
                "%s, the map of its third stage; batches of %d pictures of that size from"
                    + " `shapes-detection`; seed %d; SGD with momentum.",
                DetectorSubject.name(settings),
                DetectorSubject.BATCH,
                Settings.SEED),
            "FLOP of a step: three forward passes of the convolutions and dense layers of backbone,"
                + " region proposal network and sampled regions, a multiplication and an addition"
                + " counted as two. Anchors, suppression, RoIAlign, normalisation and the update"
                + " count as no work, but their time counts.");
    return Report.measured("A detector", bench, sections, notes);
  }
}
