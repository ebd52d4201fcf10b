package org.kt4j.comparison.figures;

import java.util.ArrayList;
import java.util.List;
import org.kt4j.comparison.output.Csv;
import org.kt4j.comparison.output.Template;

/**
 * The embedding of all neurons in two panels of the same axes: the teacher's with the student's
 * before, and the teacher's with the student's after.
 */
final class TsneFigure {

  private static final double SIDE = 440;
  private static final double INSET = 16;

  private TsneFigure() {}

  private record Mark(String set, String words, int channel, String x, String y) {}

  private record Panel(int left, String title, String distance, List<Mark> marks) {}

  private record Panels(
      String layers, String before, String after, int teachers, List<Panel> panels) {}

  static String svg(NeuronFindings findings) {
    String before = Numbers.hundredths(findings.nearestBefore());
    String after = Numbers.hundredths(findings.nearestAfter());
    return Template.filled(
        TsneFigure.class,
        "tsne.svg.mustache",
        new Panels(
            findings.teacherLayer() + " and " + findings.studentLayer(),
            before,
            after,
            findings.patterns().alive(NeuronSet.TEACHER).size(),
            List.of(
                new Panel(0, "before transfer", before, marks(findings, NeuronSet.BEFORE)),
                new Panel(460, "after transfer", after, marks(findings, NeuronSet.AFTER)))));
  }

  private static List<Mark> marks(NeuronFindings findings, NeuronSet student) {
    double reach =
        findings.places().stream()
            .mapToDouble(place -> Math.max(Math.abs(place.x()), Math.abs(place.y())))
            .max()
            .orElse(1);
    double scale = (SIDE / 2 - INSET) / reach;
    List<Mark> marks = new ArrayList<>();
    for (PlacedNeuron place : findings.places()) {
      NeuronSet set = place.neuron().set();
      if (set == NeuronSet.TEACHER || set == student) {
        marks.add(
            new Mark(
                set.key(),
                set.words(),
                place.neuron().channel(),
                Numbers.place(SIDE / 2 + scale * place.x()),
                Numbers.place(SIDE / 2 - scale * place.y())));
      }
    }
    return marks;
  }

  static String csv(NeuronFindings findings) {
    return Csv.of(
        List.of("set", "channel", "x", "y"),
        findings.places().stream()
            .map(
                place ->
                    List.of(
                        place.neuron().set().key(), place.neuron().channel(), place.x(), place.y()))
            .toList());
  }
}
