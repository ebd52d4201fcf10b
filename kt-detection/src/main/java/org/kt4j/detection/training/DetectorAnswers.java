package org.kt4j.detection.training;

import java.util.List;
import java.util.stream.IntStream;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.engine.cache.KnowledgeLayout;
import org.kt4j.engine.cache.TeacherAnswers;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.source.TeacherPlan;
import org.kt4j.engine.teacher.Fingerprint;

/**
 * What a detector that teaches finds in pictures.
 *
 * @param plan of a {@link DetectorTeacher}
 * @param pictures that it is asked about
 */
record DetectorAnswers(TeacherPlan plan, ScaledPictures pictures) implements TeacherAnswers {

  private DetectorTeacher detector() {
    return (DetectorTeacher) plan.teacher();
  }

  /** What the rows of all pictures say. */
  List<List<Detection>> read(float[] rows) {
    return FoundRow.detections(rows, scaled(0, pictures.size()));
  }

  private int most() {
    return detector().detector().options().detections();
  }

  private List<PictureScaling.Scaled> scaled(int first, int count) {
    return IntStream.range(first, first + count).mapToObj(pictures::picture).toList();
  }

  @Override
  public String teacher() {
    return plan.teacher().source();
  }

  @Override
  public String data() {
    return pictures.data().name();
  }

  @Override
  public String drawn() {
    return "scaled, as they are";
  }

  @Override
  public int count() {
    return pictures.size();
  }

  @Override
  public KnowledgeLayout layout() {
    return FoundRow.layout(most());
  }

  @Override
  public String fingerprint() {
    Fingerprint fingerprint = new Fingerprint().add(plan.teacher().fingerprint());
    try (ImageGraph graph = new ImageGraph(detector().detector().picture())) {
      Variables variables = new Variables(graph.tf(), "student", 0);
      fingerprint.add(new Finder(graph, detector().detector(), variables).digest());
    }
    for (int i = 0; i < pictures.size(); i++) {
      PictureScaling.Scaled picture = pictures.picture(i);
      fingerprint.add(picture.height()).add(picture.width()).add(picture.pixels());
    }
    return fingerprint.hex();
  }

  @Override
  public Computation open() {
    return new Asked(this, DetectorTeachersTogether.opened(plan));
  }

  private record Asked(DetectorAnswers answers, Detector detector) implements Computation {

    @Override
    public float[] rows(int first, int count) {
      int columns = answers.layout().valuesPerPicture();
      float[] rows = new float[count * columns];
      for (int done = 0; done < count; done += Finder.BATCH_SIZE) {
        int size = Math.min(Finder.BATCH_SIZE, count - done);
        float[] some = detector.finder().rows(answers.scaled(first + done, size));
        System.arraycopy(some, 0, rows, done * columns, some.length);
      }
      return rows;
    }

    @Override
    public void close() {
      detector.close();
    }
  }
}
