package org.kt4j.speed;

import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Picture;
import org.kt4j.detection.drawing.DrawnDetections;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.imagelevel.TrainedNetwork;

/**
 * The ways to run an exported student, beside the same student with its normalisations left as they
 * are and beside its teacher.
 */
final class ExportRoutes implements Section {

  private final boolean single;

  private ExportRoutes(boolean single) {
    this.single = single;
  }

  /** One picture at a time. */
  static ExportRoutes latency() {
    return new ExportRoutes(true);
  }

  /** A batch at a time. */
  static ExportRoutes throughput() {
    return new ExportRoutes(false);
  }

  @Override
  public String name() {
    return single ? "latency" : "throughput";
  }

  @Override
  public Outcome measure(Workbench bench) {
    Settings settings = bench.settings();
    int size = single ? 1 : settings.batch();
    byte[] pixels = bench.pixels(size);
    List<Image> images = images(pixels, bench.pictures().shape());
    TrainedNetwork student = bench.classifier(settings.student());
    ExportOptions options = ExportOptions.defaults();
    try (TemporaryFolder temporary = new TemporaryFolder();
        ExportSubject folded =
            ExportSubject.of(student, options, temporary.path().resolve("folded"));
        ExportSubject unfolded =
            ExportSubject.of(student, options.unfolded(), temporary.path().resolve("unfolded"));
        ExportSubject teacher =
            ExportSubject.of(
                bench.classifier(settings.teacher()),
                options,
                temporary.path().resolve("teacher"));
        PredictedArrays arrays = PredictedArrays.ofSavedModel(folded.folder());
        PredictedPictures pictures = new PredictedPictures(folded.folder())) {
      ValueAgreement.require(
          "folded and unfolded",
          unfolded.session().logits(pixels, size),
          folded.session().logits(pixels, size),
          ValueAgreement.ROUNDING);
      float[] probabilities = folded.session().probabilities(pixels, size);
      ValueAgreement.require(
          "the session and DJL with NDList",
          probabilities,
          arrays.probabilities(pixels, size, bench.pictures().shape()),
          ValueAgreement.ROUNDING);
      requireSame(probabilities, pictures.classified(images), student.classes());
      List<Samples> seconds =
          ExportSpeed.rounds(bench, size)
              .seconds(
                  () -> folded.session().probabilities(pixels, size),
                  () -> unfolded.session().probabilities(pixels, size),
                  () -> arrays.probabilities(pixels, size, bench.pictures().shape()),
                  () -> pictures.classified(images),
                  () -> teacher.session().probabilities(pixels, size));
      return figures(settings, seconds, size);
    }
  }

  private Outcome figures(Settings settings, List<Samples> seconds, int size) {
    Samples folded = seconds.get(0);
    Samples unfolded = seconds.get(1);
    Samples arrays = seconds.get(2);
    Samples pictures = seconds.get(3);
    Samples teacher = seconds.get(4);
    return Outcome.of(
        figure(settings.student() + ", session", folded, size),
        figure(settings.student() + " unfolded, session", unfolded, size),
        figure(settings.student() + ", DJL, NDList to NDList", arrays, size),
        figure(settings.student() + ", DJL, Image to Classifications", pictures, size)
            .noting(single ? "" : "batchPredict"),
        figure(settings.teacher() + ", session", teacher, size),
        Figure.of(name(), "time folded over unfolded", "", folded.over(unfolded))
            .wanted(Figure.Target.atMost(1)),
        Figure.of(name(), "time of the teacher over the student's", "", teacher.over(folded)),
        Figure.of(name(), "time of DJL over the session's, NDList", "", arrays.over(folded)),
        Figure.of(name(), "time of DJL over the session's, Image", "", pictures.over(folded)));
  }

  private Figure figure(String subject, Samples seconds, int size) {
    return single
        ? Figure.of(name(), subject, "ms", seconds.map(s -> 1e3 * s))
        : Figure.of(name(), subject, "images/s", seconds.map(s -> size / s));
  }

  private static List<Image> images(byte[] pixels, ImageShape shape) {
    List<Image> images = new ArrayList<>();
    for (int at = 0; at < pixels.length; at += shape.bytes()) {
      Picture one =
          new Picture(
              shape.height(), shape.width(), Arrays.copyOfRange(pixels, at, at + shape.bytes()));
      images.add(new DrawnDetections(one, List.of(), List.of()).image());
    }
    return images;
  }

  /** DJL's answers hold the largest probabilities only. */
  private static void requireSame(
      float[] probabilities, List<Classifications> answers, List<String> classes) {
    for (int i = 0; i < answers.size(); i++) {
      List<Classifications.Classification> told = answers.get(i).items();
      float[] expected = new float[told.size()];
      float[] found = new float[told.size()];
      for (int k = 0; k < found.length; k++) {
        int label = classes.indexOf(told.get(k).getClassName());
        expected[k] = probabilities[i * classes.size() + label];
        found[k] = (float) told.get(k).getProbability();
      }
      ValueAgreement.require(
          "the session and DJL with Image", expected, found, ValueAgreement.ROUNDING);
    }
  }
}
