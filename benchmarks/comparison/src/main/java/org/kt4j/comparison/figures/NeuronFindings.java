package org.kt4j.comparison.figures;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import org.kt4j.api.LayerPair;
import org.kt4j.comparison.output.WholeFile;
import org.kt4j.data.ImageShape;
import org.kt4j.data.PngBytes;

/** What was seen of a teacher and its student; numbers to print, figures to write. */
public final class NeuronFindings {

  private final Subject subject;
  private final LayerPair layers;
  private final int pictures;
  private final Survey survey;
  private final List<ExcitedNeuron> neurons;
  private final List<PlacedNeuron> places;

  NeuronFindings(
      Subject subject,
      LayerPair layers,
      int pictures,
      Survey survey,
      List<ExcitedNeuron> neurons,
      List<PlacedNeuron> places) {
    this.subject = subject;
    this.layers = layers;
    this.pictures = pictures;
    this.survey = survey;
    this.neurons = List.copyOf(neurons);
    this.places = List.copyOf(places);
  }

  /** The tap of the teacher. */
  public String teacherLayer() {
    return layers.teacher();
  }

  /** The tap of the student. */
  public String studentLayer() {
    return layers.student();
  }

  /** How many pictures were looked at. */
  public int pictures() {
    return pictures;
  }

  /** The squared MMD of teacher and student, mean over the pictures, by kernel. */
  public List<KernelDistance> mmd() {
    return survey.mmd();
  }

  /**
   * The distance between the pattern of a teacher's neuron and the nearest of the student before
   * transfer, mean over the teacher's neurons: 0 when the student has each of them, {@code sqrt(2)}
   * when it has nothing in common with any. What the embedding shows, in the space that is
   * embedded.
   */
  public double nearestBefore() {
    return survey.patterns().meanNearestDistance(NeuronSet.BEFORE);
  }

  /** The same of the student after transfer. */
  public double nearestAfter() {
    return survey.patterns().meanNearestDistance(NeuronSet.AFTER);
  }

  /**
   * Writes {@code neurons.png}, {@code tsne.svg}, {@code mmd.svg}, {@code tsne.csv}, {@code
   * mmd.csv} and {@code figures.html}, which shows them all and needs none of them. Each is written
   * beside its place and renamed.
   *
   * @param folder is made when it is not there
   * @throws java.io.UncheckedIOException when it cannot be written
   */
  public void write(Path folder) {
    ImageShape shape = subject.pictures().shape();
    List<BufferedImage> cards =
        neurons.stream().map(each -> NeuronCard.draw(each, shape, layers.teacher())).toList();
    String tsne = TsneFigure.svg(this);
    String mmd = MmdFigure.svg(this);
    WholeFile.write(folder.resolve("neurons.png"), PngBytes.of(NeuronCard.sheet(cards)));
    WholeFile.write(folder.resolve("tsne.svg"), tsne);
    WholeFile.write(folder.resolve("mmd.svg"), mmd);
    WholeFile.write(folder.resolve("tsne.csv"), TsneFigure.csv(this));
    WholeFile.write(folder.resolve("mmd.csv"), MmdFigure.csv(this));
    WholeFile.write(folder.resolve("figures.html"), FiguresPage.html(this, cards, tsne, mmd));
  }

  Subject subject() {
    return subject;
  }

  NeuronPatterns patterns() {
    return survey.patterns();
  }

  List<ExcitedNeuron> neurons() {
    return neurons;
  }

  List<PlacedNeuron> places() {
    return places;
  }
}
