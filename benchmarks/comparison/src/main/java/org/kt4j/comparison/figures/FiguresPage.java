package org.kt4j.comparison.figures;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.kt4j.comparison.output.Page;
import org.kt4j.data.PngBytes;
import org.kt4j.engine.text.NumberFormats;

/** All figures on one page that needs no other file. */
final class FiguresPage {

  private FiguresPage() {}

  private record Card(String data, int width, int height, String alt) {}

  private record Row(
      int neuron,
      String selectivity,
      int before,
      String similarityBefore,
      int after,
      String similarityAfter) {}

  private record Mmd(String kernel, String before, String after, String change) {}

  private record Count(String words, int channels, int dead) {}

  private record Contents(
      String teacher,
      String before,
      String after,
      String teacherLayer,
      String studentLayer,
      String pictures,
      List<Card> cards,
      List<Row> rows,
      String tsneSvg,
      String nearestBefore,
      String nearestAfter,
      String nearestChange,
      List<Count> counts,
      String mmdSvg,
      List<Mmd> mmd) {}

  static String html(NeuronFindings findings, List<BufferedImage> images, String tsne, String mmd) {
    List<Card> cards = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      cards.add(card(findings.neurons().get(i), images.get(i)));
    }
    Subject subject = findings.subject();
    return Page.html(
        FiguresPage.class,
        "figures.html.mustache",
        "Figures of " + subject.after().source(),
        new Contents(
            subject.teacher().source(),
            subject.before().source(),
            subject.after().source(),
            findings.teacherLayer(),
            findings.studentLayer(),
            String.format(Locale.ROOT, "%,d of %s", findings.pictures(), subject.pictures().name()),
            cards,
            findings.neurons().stream().map(neuron -> row(neuron.match())).toList(),
            tsne,
            Numbers.hundredths(findings.nearestBefore()),
            Numbers.hundredths(findings.nearestAfter()),
            Numbers.change(findings.nearestBefore(), findings.nearestAfter()),
            counts(findings.patterns()),
            mmd,
            findings.mmd().stream()
                .map(
                    each ->
                        new Mmd(
                            each.kernel(),
                            NumberFormats.loss(each.before()),
                            NumberFormats.loss(each.after()),
                            Numbers.change(each.before(), each.after())))
                .toList()));
  }

  private static Card card(ExcitedNeuron neuron, BufferedImage image) {
    NeuronMatch match = neuron.match();
    String classes =
        String.join(", ", neuron.sights().stream().map(ExcitedNeuron.Sight::className).toList());
    String alt =
        String.format(
            Locale.ROOT,
            "Heat maps of the teacher's neuron %d on %s; most like it are the neuron %d of the"
                + " student before, cosine %.2f, and the neuron %d of the student after, cosine"
                + " %.2f.",
            match.neuron().channel(),
            classes,
            match.before().channel(),
            match.similarityBefore(),
            match.after().channel(),
            match.similarityAfter());
    return new Card(
        Base64.getEncoder().encodeToString(PngBytes.of(image)),
        image.getWidth(),
        image.getHeight(),
        alt);
  }

  private static Row row(NeuronMatch match) {
    return new Row(
        match.neuron().channel(),
        String.format(Locale.ROOT, "%.1f", match.selectivity()),
        match.before().channel(),
        Numbers.hundredths(match.similarityBefore()),
        match.after().channel(),
        Numbers.hundredths(match.similarityAfter()));
  }

  private static List<Count> counts(NeuronPatterns patterns) {
    List<Count> counts = new ArrayList<>();
    for (NeuronSet set : NeuronSet.values()) {
      int channels = patterns.channels(set);
      counts.add(new Count(set.words(), channels, channels - patterns.alive(set).size()));
    }
    return counts;
  }
}
