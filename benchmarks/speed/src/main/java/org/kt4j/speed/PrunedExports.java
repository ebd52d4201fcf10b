package org.kt4j.speed;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.Int8Options;
import org.kt4j.imagelevel.TrainedNetwork;

/**
 * What a ResNet with fewer filters within its blocks gains in time, exported as ONNX in single
 * precision and in 8 bits: the whole one, plans A and B of Li et al. (Pruning Filters for Efficient
 * ConvNets, 2017, table 1), B with widths in multiples of 8, and half of the filters. The weights
 * do not matter for that. With as many threads as the process has processors.
 */
final class PrunedExports implements Section {

  /** The first convolution of a block, and in groups the stage and the block. */
  private static final Pattern WITHIN = Pattern.compile("(layer([123])\\.\\d+\\.conv1)\\.weight");

  /** What plan A leaves as it is. */
  private static final Set<String> SENSITIVE =
      Set.of("layer1.7.conv1", "layer2.0.conv1", "layer3.0.conv1", "layer3.8.conv1");

  /** What plan B leaves as it is. */
  private static final Set<String> MORE_SENSITIVE =
      Stream.concat(SENSITIVE.stream(), Stream.of("layer1.8.conv1", "layer2.7.conv1"))
          .collect(Collectors.toUnmodifiableSet());

  /**
   * How many filters stay.
   *
   * @param name of the variant
   * @param filters by stage
   * @param skipped stay as they are
   */
  private record Variant(String name, List<Integer> filters, Set<String> skipped) {

    Map<String, Integer> widths(TrainedNetwork whole) {
      Map<String, Integer> widths = new TreeMap<>();
      if (filters.isEmpty()) {
        return widths;
      }
      for (String parameter : whole.weights().arrays().keySet()) {
        Matcher within = WITHIN.matcher(parameter);
        if (within.matches() && !skipped.contains(within.group(1))) {
          widths.put(within.group(1), filters.get(Integer.parseInt(within.group(2)) - 1));
        }
      }
      return widths;
    }
  }

  private static final List<Variant> VARIANTS =
      List.of(
          new Variant("whole", List.of(), Set.of()),
          new Variant("plan A", List.of(14, 28, 57), SENSITIVE),
          new Variant("plan B", List.of(6, 22, 57), MORE_SENSITIVE),
          new Variant("plan B in multiples of 8", List.of(8, 24, 56), MORE_SENSITIVE),
          new Variant("half", List.of(8, 16, 32), Set.of()));

  @Override
  public String name() {
    return "pruned";
  }

  @Override
  public Outcome measure(Workbench bench) {
    String network = bench.settings().teacher();
    TrainedNetwork whole = bench.classifier(network);
    ExportOptions onnx = ExportOptions.defaults().format("onnx");
    int calibration = Math.min(500, bench.pictures().size());
    ExportOptions int8 = onnx.int8(new Int8Options(calibration, Settings.SEED, 100, 8, false, 1));
    List<ExportSubject> all = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<Figure> figures = new ArrayList<>();
    try (TemporaryFolder temporary = new TemporaryFolder()) {
      for (ExportOptions options : List.of(onnx, int8)) {
        for (Variant variant : VARIANTS) {
          names.add(network + ", " + variant.name() + (options.equals(int8) ? ", int8" : ""));
          all.add(
              ExportSubject.of(
                  bench.classifier(network, variant.widths(whole)),
                  options,
                  bench.pictures(),
                  temporary.path().resolve(Integer.toString(all.size()))));
        }
      }
      for (int size : List.of(1, bench.settings().batch())) {
        figures.addAll(timed(bench, names, all, size));
      }
    } finally {
      all.forEach(ExportSubject::close);
    }
    return new Outcome(figures, List.of());
  }

  private List<Figure> timed(
      Workbench bench, List<String> names, List<ExportSubject> all, int size) {
    byte[] pixels = bench.pixels(size);
    Runnable[] calls =
        all.stream()
            .map(subject -> (Runnable) () -> subject.session().probabilities(pixels, size))
            .toArray(Runnable[]::new);
    List<Samples> seconds = ExportSpeed.rounds(bench, size).seconds(calls);
    List<Figure> figures = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String what = names.get(i) + ", batch " + size;
      figures.add(Figure.of(name(), what, "ms", seconds.get(i).map(s -> 1e3 * s)));
      int first = i < VARIANTS.size() ? 0 : VARIANTS.size();
      if (i != first) {
        figures.add(
            Figure.of(
                name(),
                what + ": over the whole one's",
                "",
                seconds.get(i).over(seconds.get(first))));
      } else if (i > 0) {
        figures.add(
            Figure.of(
                name(), what + ": over that in floats", "", seconds.get(i).over(seconds.get(0))));
      }
    }
    return figures;
  }
}
