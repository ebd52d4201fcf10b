package org.kt4j.speed;

import java.util.ArrayList;
import java.util.List;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.imagelevel.NetworkExport;
import org.kt4j.imagelevel.TrainedNetwork;

/** Weights stored in half precision beside the same in single. */
final class HalfPrecisionCost implements Section {

  /** With kernels of up to nine megabytes, where a student's have some kilobytes. */
  private static final String LARGE_LAYERS = "vgg-11";

  @Override
  public String name() {
    return "half";
  }

  @Override
  public Outcome measure(Workbench bench) {
    Settings settings = bench.settings();
    List<Figure> figures = new ArrayList<>();
    figures.addAll(figures(bench, settings.student()));
    figures.addAll(figures(bench, settings.quick() ? settings.teacher() : LARGE_LAYERS));
    return new Outcome(figures, List.of());
  }

  private List<Figure> figures(Workbench bench, String network) {
    TrainedNetwork classifier = bench.classifier(network);
    ExportOptions options = ExportOptions.defaults();
    List<Figure> figures = new ArrayList<>();
    try (TemporaryFolder temporary = new TemporaryFolder();
        ExportSubject single =
            ExportSubject.of(classifier, options, temporary.path().resolve("single"));
        ExportSubject half =
            ExportSubject.of(
                classifier, options.precision(Precision.HALF), temporary.path().resolve("half"))) {
      for (int size : List.of(1, bench.settings().batch())) {
        byte[] pixels = bench.pixels(size);
        ValueAgreement.require(
            network + " in single and in half precision",
            single.session().logits(pixels, size),
            half.session().logits(pixels, size),
            NetworkExport.tolerance(Precision.HALF));
        List<Samples> seconds =
            ExportSpeed.rounds(bench, size)
                .seconds(
                    () -> half.session().logits(pixels, size),
                    () -> single.session().logits(pixels, size));
        figures.add(
            Figure.of(
                name(),
                network + ", batch " + size + ": time of half over single",
                "",
                seconds.get(0).over(seconds.get(1))));
      }
      figures.add(
          Figure.of(
              name(),
              network + ": file of half over single",
              "",
              (double) half.bytes() / single.bytes()));
    }
    return figures;
  }
}
