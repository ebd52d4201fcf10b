package org.kt4j.speed;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.Int8Options;

/**
 * The formats of an export beside each other: a SavedModel in TensorFlow, ONNX in single precision,
 * with weights in half precision, and in 8 bits; each in a session of ours and in DJL, arrays in
 * and out. With as many threads as the process has processors.
 */
final class ExportEngines implements Section {

  /** In 8 bits other logits come out; they are timed, not compared. */
  private static final double ROUNDING = 1e-4;

  @Override
  public String name() {
    return "engines";
  }

  @Override
  public Outcome measure(Workbench bench) {
    DjlLoading.startOnnx();
    List<Figure> figures = new ArrayList<>();
    for (String network : List.of(bench.settings().student(), bench.settings().teacher())) {
      figures.addAll(figures(bench, network));
    }
    return new Outcome(figures, List.of());
  }

  private List<Figure> figures(Workbench bench, String network) {
    ExportOptions saved = ExportOptions.defaults();
    ExportOptions onnx = saved.format("onnx");
    int calibration = Math.min(500, bench.pictures().size());
    Int8Options int8 = new Int8Options(calibration, Settings.SEED, 100, 8, false, 1);
    Map<String, ExportOptions> options = new LinkedHashMap<>();
    options.put("SavedModel", saved);
    options.put("ONNX", onnx);
    options.put("ONNX, half", onnx.precision(Precision.HALF));
    options.put("ONNX, int8", onnx.int8(int8));
    List<Figure> figures = new ArrayList<>();
    try (TemporaryFolder temporary = new TemporaryFolder();
        Subjects subjects = new Subjects(new LinkedHashMap<>(), new ArrayList<>())) {
      options.forEach(
          (name, option) -> {
            long began = System.nanoTime();
            subjects
                .all()
                .put(
                    name,
                    ExportSubject.of(
                        bench.classifier(network),
                        option,
                        bench.pictures(),
                        temporary.path().resolve(name.replaceAll("\\W+", "-"))));
            figures.add(
                Figure.of(
                    name(), network + ": writing " + name, "s", (System.nanoTime() - began) / 1e9));
          });
      subjects.all().forEach((name, subject) -> subjects.inDjl().add(inDjl(subject, name)));
      subjects
          .all()
          .forEach(
              (name, subject) ->
                  figures.add(
                      Figure.of(
                          name(), network + ": file of " + name, "MB", subject.bytes() / 1e6)));
      for (int size : List.of(1, bench.settings().batch())) {
        figures.addAll(timed(bench, network, subjects, size));
      }
    }
    return figures;
  }

  private List<Figure> timed(Workbench bench, String network, Subjects subjects, int size) {
    byte[] pixels = bench.pixels(size);
    List<String> names = List.copyOf(subjects.all().keySet());
    List<ExportSubject> all = List.copyOf(subjects.all().values());
    ValueAgreement.require(
        "the SavedModel and ONNX",
        all.get(0).session().logits(pixels, size),
        all.get(1).session().logits(pixels, size),
        ROUNDING);
    List<Runnable> calls = new ArrayList<>();
    all.forEach(subject -> calls.add(() -> subject.session().probabilities(pixels, size)));
    ImageShape shape = bench.pictures().shape();
    for (int i = 0; i < all.size(); i++) {
      PredictedArrays djl = subjects.inDjl().get(i);
      ValueAgreement.require(
          names.get(i) + " in a session and in DJL",
          all.get(i).session().probabilities(pixels, size),
          djl.probabilities(pixels, size, shape),
          ROUNDING);
      calls.add(() -> djl.probabilities(pixels, size, shape));
    }
    List<Samples> seconds = ExportSpeed.rounds(bench, size).seconds(calls.toArray(Runnable[]::new));
    List<Figure> figures = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String what = network + ", batch " + size + ": ";
      figures.add(Figure.of(name(), what + names.get(i), "ms", seconds.get(i).map(s -> 1e3 * s)));
      if (i > 0) {
        Figure ratio =
            Figure.of(
                name(),
                what + "time of the SavedModel over that of " + names.get(i),
                "",
                seconds.get(0).over(seconds.get(i)));
        figures.add(
            names.get(i).equals("ONNX")
                ? ratio.wanted(Figure.Target.atLeast(2))
                : names.get(i).endsWith("int8") ? ratio.wanted(Figure.Target.atLeast(5)) : ratio);
      }
    }
    Samples saved = seconds.get(names.size());
    for (int i = 0; i < names.size(); i++) {
      String what = network + ", batch " + size + ": ";
      Samples djl = seconds.get(names.size() + i);
      figures.add(Figure.of(name(), what + names.get(i) + " in DJL", "ms", djl.map(s -> 1e3 * s)));
      figures.add(
          Figure.of(
              name(),
              what + "time of " + names.get(i) + " in DJL over its session's",
              "",
              djl.over(seconds.get(i))));
      if (i > 0) {
        figures.add(
            Figure.of(
                name(),
                what + "time of the SavedModel over that of " + names.get(i) + ", both in DJL",
                "",
                saved.over(djl)));
      }
    }
    return figures;
  }

  private static PredictedArrays inDjl(ExportSubject subject, String format) {
    return format.startsWith("ONNX")
        ? PredictedArrays.ofOnnx(subject.folder())
        : PredictedArrays.ofSavedModel(subject.folder());
  }

  /**
   * What is closed together.
   *
   * @param all by format
   * @param inDjl in the same order
   */
  private record Subjects(Map<String, ExportSubject> all, List<PredictedArrays> inDjl)
      implements AutoCloseable {

    @Override
    public void close() {
      inDjl.forEach(PredictedArrays::close);
      all.values().forEach(ExportSubject::close);
    }
  }
}
