package org.kt4j.speed;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.kt4j.data.Batch;
import org.kt4j.engine.cache.FillListener;
import org.kt4j.engine.export.ExportDetails.CalibrationPictures;
import org.kt4j.engine.export.TeacherAccelerator;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherPrecision;
import org.kt4j.imagelevel.NetworkGraph;

/**
 * A teacher in the training graph, in ONNX Runtime in single precision and in 8 bits: a live step
 * of NST and KD, and the filling of a cache.
 */
final class TeacherEngines implements Section {

  private static final int LARGEST_ROUNDS = 5;

  @Override
  public String name() {
    return "engines";
  }

  private static Teacher beside(Workbench bench, TeacherPrecision precision) {
    return ServiceLoader.load(TeacherAccelerator.class)
        .findFirst()
        .orElseThrow()
        .of(
            "teacher",
            bench.teacher(bench.settings().teacher()),
            precision,
            CalibrationPictures.of(bench.pictures()));
  }

  @Override
  public Outcome measure(Workbench bench) {
    DjlLoading.startOnnx();
    List<Figure> figures = new ArrayList<>();
    try (Teacher inGraph = bench.teacher(bench.settings().teacher());
        Teacher single = beside(bench, TeacherPrecision.SINGLE);
        Teacher int8 = beside(bench, TeacherPrecision.INT8)) {
      List<Teacher> teachers = List.of(inGraph, single, int8);
      figures.addAll(steps(bench, teachers));
      figures.addAll(fills(bench, teachers));
    }
    return new Outcome(figures, List.of());
  }

  private List<Figure> steps(Workbench bench, List<Teacher> teachers) {
    String student = bench.settings().student();
    try (NetworkGraph graph = bench.distilling(student, teachers.get(0), List.of(), "stage3");
        NetworkGraph single = bench.distilling(student, teachers.get(1), List.of(), "stage3");
        NetworkGraph int8 = bench.distilling(student, teachers.get(2), List.of(), "stage3");
        Batches batches = new Batches(bench.stream())) {
      Batch batch = batches.next();
      List<Samples> seconds =
          bench
              .rounds()
              .seconds(
                  () -> graph.step(batch, Workbench.LEARNING_RATE, 0),
                  () -> single.step(batch, Workbench.LEARNING_RATE, 0),
                  () -> int8.step(batch, Workbench.LEARNING_RATE, 0));
      String step = "NST and KD step, teacher ";
      return List.of(
          Figure.of(name(), step + "in the graph", "ms", seconds.get(0).map(s -> 1e3 * s)),
          Figure.of(name(), step + "in ONNX Runtime", "ms", seconds.get(1).map(s -> 1e3 * s)),
          Figure.of(name(), step + "in 8 bits", "ms", seconds.get(2).map(s -> 1e3 * s)),
          Figure.of(
                  name(),
                  "step, ONNX Runtime over in the graph",
                  "",
                  seconds.get(1).over(seconds.get(0)))
              .wanted(Figure.Target.atMost(0.75)),
          Figure.of(
                  name(), "step, 8 bits over in the graph", "", seconds.get(2).over(seconds.get(0)))
              .wanted(Figure.Target.atMost(0.65)));
    }
  }

  private List<Figure> fills(Workbench bench, List<Teacher> teachers) {
    int rounds = Math.min(LARGEST_ROUNDS, bench.settings().rounds());
    double[][] speeds = new double[teachers.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int t = 0; t < teachers.size(); t++) {
        try (TemporaryFolder folder = new TemporaryFolder()) {
          double[] speed = {0};
          FillListener listener =
              new FillListener() {
                @Override
                public void filling(long done, long total, double seconds) {
                  speed[0] = done / seconds;
                }
              };
          bench.stored(
              folder.path(),
              bench.settings().student(),
              teachers.get(t),
              Workbench.views(1),
              listener,
              "stage3");
          speeds[t][round] = speed[0];
        }
      }
    }
    Samples graph = new Samples(speeds[0]);
    Samples single = new Samples(speeds[1]);
    Samples int8 = new Samples(speeds[2]);
    return List.of(
        Figure.of(name(), "fill, teacher in the graph", "images/s", graph),
        Figure.of(name(), "fill, teacher in ONNX Runtime", "images/s", single),
        Figure.of(name(), "fill, teacher in 8 bits", "images/s", int8),
        Figure.of(name(), "fill, ONNX Runtime over in the graph", "", single.over(graph))
            .wanted(Figure.Target.atLeast(2)),
        Figure.of(name(), "fill, 8 bits over in the graph", "", int8.over(graph))
            .wanted(Figure.Target.atLeast(4)));
  }
}
