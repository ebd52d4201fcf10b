package org.kt4j.speed;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kt4j.api.Taps;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.models.DjlModel;
import org.kt4j.models.ModelEngine;

/** An exported ResNet-56 beside the same network in ONNX Runtime. */
final class OnnxRuntimeBeside implements Section {

  private static final String NETWORK = "resnet-56";

  /** Of the largest logit; two runtimes with kernels of their own. */
  private static final double TOLERANCE = 1e-3;

  @Override
  public String name() {
    return "onnx";
  }

  @Override
  public Outcome measure(Workbench bench) {
    Path onnx = bench.materials().onnx();
    if (onnx == null || bench.materials().npz() == null) {
      return Outcome.of(
          Figure.missing(
              name(), "time over ONNX Runtime's", "", "needs --npz FILE and --onnx FILE"));
    }
    List<Figure> figures = new ArrayList<>();
    try (TemporaryFolder temporary = new TemporaryFolder();
        ExportSubject exported =
            ExportSubject.of(
                bench.classifier(NETWORK),
                ExportOptions.defaults(),
                temporary.path().resolve("exported"));
        DjlModel runtime =
            DjlModel.open(onnx, ModelEngine.ONNX_RUNTIME, null, List.of(Taps.LOGITS))) {
      ImageShape shape = bench.pictures().shape();
      for (int size : List.of(1, bench.settings().batch())) {
        byte[] pixels = bench.pixels(size);
        ByteBuffer values = prepared(pixels, shape, bench.normalization());
        ValueAgreement.require(
            "the export and ONNX Runtime",
            logits(runtime, values, size, shape),
            exported.session().logits(pixels, size),
            TOLERANCE);
        List<Samples> seconds =
            ExportSpeed.rounds(bench, size)
                .seconds(
                    () -> exported.session().logits(pixels, size),
                    () -> logits(runtime, values, size, shape));
        Samples ours = seconds.get(0);
        Samples theirs = seconds.get(1);
        figures.add(figure("export, session, batch " + size, "ms", ours.map(s -> 1e3 * s)));
        figures.add(
            figure("ONNX Runtime, batch " + size, "ms", theirs.map(s -> 1e3 * s))
                .noting("pictures made ready beforehand"));
        figures.add(figure("time over ONNX Runtime's, batch " + size, "", ours.over(theirs)));
      }
    }
    return new Outcome(figures, List.of());
  }

  private Figure figure(String what, String unit, Samples values) {
    return Figure.of(name(), NETWORK + ": " + what, unit, values);
  }

  private static float[] logits(DjlModel runtime, ByteBuffer values, int size, ImageShape shape) {
    FloatBuffer computed =
        runtime
            .run(values, size, shape.channels(), shape.height(), shape.width())
            .get(0)
            .values()
            .asFloatBuffer();
    float[] logits = new float[computed.remaining()];
    computed.get(logits);
    return logits;
  }

  /** What that model takes: float32, normalised, {@code [B, C, H, W]}. */
  private static ByteBuffer prepared(byte[] pixels, ImageShape shape, Normalization normalization) {
    ByteBuffer values =
        ByteBuffer.allocateDirect(pixels.length * Float.BYTES).order(ByteOrder.nativeOrder());
    int channels = shape.channels();
    for (int picture = 0; picture < pixels.length; picture += shape.bytes()) {
      for (int c = 0; c < channels; c++) {
        double mean = normalization.mean().get(c);
        double std = normalization.std().get(c);
        for (int i = c; i < shape.bytes(); i += channels) {
          values.putFloat((float) (((pixels[picture + i] & 0xFF) / 255.0 - mean) / std));
        }
      }
    }
    return values.flip();
  }
}
