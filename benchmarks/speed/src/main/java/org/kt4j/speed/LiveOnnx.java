package org.kt4j.speed;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.kt4j.data.Batch;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.experiment.ModelOutput;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherInput;
import org.kt4j.imagelevel.NetworkGraph;
import org.kt4j.models.DjlModel;
import org.kt4j.models.ModelEngine;
import org.kt4j.models.ModelTeacher;

/**
 * A step of NST and KD with a live ONNX teacher, beside the student's step alone and ONNX Runtime's
 * own time for as many pictures.
 */
final class LiveOnnx implements Section {

  @Override
  public String name() {
    return "onnx";
  }

  @Override
  public Outcome measure(Workbench bench) {
    Settings settings = bench.settings();
    Path file = bench.materials().onnx();
    if (file == null) {
      return Outcome.of(
          Figure.missing(name(), "teacher over ONNX Runtime alone", "", "needs --onnx FILE"));
    }
    Map<String, String> outputs = Map.of("logits", "logits", "stage3", "layer3");
    ImageShape shape = bench.pictures().shape();
    try (Teacher teacher =
            ModelTeacher.open(
                "teacher",
                file,
                null,
                TeacherInput.defaults(),
                ModelOutput.named(outputs),
                bench.normalization(),
                shape,
                bench.pictures().classes().size());
        DjlModel runtime =
            DjlModel.open(file, ModelEngine.ONNX_RUNTIME, null, List.of("logits", "layer3"));
        NetworkGraph distilling =
            bench.distilling(settings.student(), teacher, List.of(), "stage3");
        NetworkGraph alone = bench.alone(settings.student());
        Batches batches = new Batches(bench.stream())) {
      Batch batch = batches.next();
      int size = batch.size();
      ByteBuffer values =
          ByteBuffer.allocateDirect(size * shape.bytes() * Float.BYTES)
              .order(ByteOrder.nativeOrder());
      List<Samples> seconds =
          bench
              .rounds()
              .seconds(
                  () -> distilling.step(batch, Workbench.LEARNING_RATE, 0),
                  () -> alone.step(batch, Workbench.LEARNING_RATE, 0),
                  () -> runtime.run(values, size, shape.channels(), shape.height(), shape.width()));
      Samples step = seconds.get(1);
      Samples own = seconds.get(2);
      Samples added = seconds.get(0).plus(step.map(s -> -s));
      return Outcome.of(
          Figure.of(name(), settings.student() + " step alone", "ms", step.map(s -> 1e3 * s)),
          Figure.of(name(), "ONNX Runtime alone", "ms", own.map(s -> 1e3 * s))
              .noting("the same session settings, blank pictures"),
          Figure.of(name(), "NST and KD step with it", "ms", seconds.get(0).map(s -> 1e3 * s)),
          Figure.of(name(), "what it adds over ONNX Runtime alone", "", added.over(own))
              .wanted(Figure.Target.atMost(1.15))
              .noting("handing over, NST on stage3 and KD included"));
    }
  }
}
