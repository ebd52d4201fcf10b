package org.kt4j.speed;

import java.util.List;
import org.kt4j.data.Augmentation;
import org.kt4j.engine.cache.FillListener;
import org.kt4j.engine.cache.KnowledgeFile;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.imagelevel.NetworkGraph;

/**
 * The training loop, with its real input path, of a student that learns from stored knowledge by
 * NST and KD, beside the loop of the same student without any teacher.
 */
final class StoredTeacher implements Section {

  @Override
  public String name() {
    return "cached";
  }

  @Override
  public Outcome measure(Workbench bench) {
    Settings settings = bench.settings();
    Augmentation views = Workbench.views(1);
    try (TemporaryFolder folder = new TemporaryFolder();
        Teacher teacher = bench.teacher(settings.teacher())) {
      List<KnowledgeFile> stage3 =
          bench.stored(
              folder.path(), settings.student(), teacher, views, FillListener.SILENT, "stage3");
      List<KnowledgeFile> all =
          bench.stored(folder.path(), settings.student(), teacher, views, FillListener.SILENT);
      try (NetworkGraph alone = bench.alone(settings.student());
          NetworkGraph one = bench.distilling(settings.student(), teacher, stage3, "stage3");
          NetworkGraph three = bench.distilling(settings.student(), teacher, all);
          NetworkGraph live = bench.distilling(settings.student(), teacher, List.of(), "stage3");
          Batches without = new Batches(bench.stream(views));
          Batches withOne = new Batches(bench.stream(views));
          Batches withThree = new Batches(bench.stream(views));
          Batches withLive = new Batches(bench.stream(views))) {
        List<Samples> seconds =
            new Rounds(settings.warmUp(), settings.rounds(), settings.loopSteps() / 2)
                .seconds(
                    () -> alone.step(without.next(), Workbench.LEARNING_RATE, 0),
                    () -> one.step(withOne.next(), Workbench.LEARNING_RATE, 0),
                    () -> three.step(withThree.next(), Workbench.LEARNING_RATE, 0),
                    () -> live.step(withLive.next(), Workbench.LEARNING_RATE, 0));
        Samples base = seconds.get(0);
        String subject = settings.student() + " of " + settings.teacher();
        return Outcome.of(
            Figure.of(name(), settings.student() + " step without a teacher", "ms", ms(base)),
            Figure.of(name(), "cached NST + KD step", "ms", ms(seconds.get(1)))
                .noting(subject + ", NST on stage3, one view"),
            Figure.of(name(), "cached epoch over epoch without", "", seconds.get(1).over(base))
                .wanted(Figure.Target.atMost(1.12)),
            Figure.of(name(), "the same with NST on three stages", "", seconds.get(2).over(base)),
            Figure.of(name(), "the same with the teacher live", "", seconds.get(3).over(base))
                .noting("NST on stage3"),
            Figure.of(
                name(),
                "numbers stored for a picture",
                "",
                stage3.stream().mapToInt(file -> file.layout().valuesPerPicture()).sum()));
      }
    }
  }

  private static Samples ms(Samples seconds) {
    return seconds.map(s -> 1e3 * s);
  }
}
