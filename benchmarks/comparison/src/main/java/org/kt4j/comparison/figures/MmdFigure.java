package org.kt4j.comparison.figures;

import java.util.ArrayList;
import java.util.List;
import org.kt4j.comparison.output.Csv;
import org.kt4j.comparison.output.Template;
import org.kt4j.engine.text.NumberFormats;

/**
 * Bars of the squared MMD before and after, by kernel. The kernels have scales of their own, so the
 * larger bar of each kernel has the full length.
 */
final class MmdFigure {

  private static final int HEIGHT_OF_KERNEL = 76;
  private static final double LONGEST_BAR = 250;

  private MmdFigure() {}

  private record Bar(String kernel, int top, Value before, Value after, String change) {}

  private record Value(String text, String length, String end) {}

  private record Bars(int height, String layers, List<Bar> bars) {}

  static String svg(NeuronFindings findings) {
    List<Bar> bars = new ArrayList<>();
    for (KernelDistance mmd : findings.mmd()) {
      double longest = Math.max(mmd.before(), mmd.after());
      bars.add(
          new Bar(
              mmd.kernel(),
              16 + bars.size() * HEIGHT_OF_KERNEL,
              value(mmd.before(), longest),
              value(mmd.after(), longest),
              Numbers.change(mmd.before(), mmd.after())));
    }
    return Template.filled(
        MmdFigure.class,
        "mmd.svg.mustache",
        new Bars(
            16 + bars.size() * HEIGHT_OF_KERNEL,
            findings.teacherLayer() + " and " + findings.studentLayer(),
            bars));
  }

  private static Value value(double mmd, double longest) {
    double length = longest > 0 ? Math.max(1, LONGEST_BAR * mmd / longest) : 1;
    return new Value(NumberFormats.loss(mmd), Numbers.place(length), Numbers.place(length + 8));
  }

  static String csv(NeuronFindings findings) {
    return Csv.of(
        List.of("kernel", "before", "after"),
        findings.mmd().stream()
            .map(mmd -> List.of(mmd.kernel(), mmd.before(), mmd.after()))
            .toList());
  }
}
