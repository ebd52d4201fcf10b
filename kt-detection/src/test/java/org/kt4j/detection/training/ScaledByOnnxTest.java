package org.kt4j.detection.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Picture;
import org.kt4j.engine.export.ServingModel;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.models.ModelEngine;
import org.kt4j.onnx.model.OnnxModel;
import org.kt4j.onnx.translate.GraphTranslation;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TUint8;

/** ONNX Runtime scales pictures to the same bytes as TensorFlow does in training. */
class ScaledByOnnxTest {

  private static final ImageShape SHAPE = new ImageShape(96, 128, 3);

  /**
   * DJL's engine makes ONNX Runtime's environment of a process and cannot start when there is one;
   * a later test of this process may need it.
   */
  @BeforeAll
  static void start_the_engine_of_djl() {
    ModelEngine.ONNX_RUNTIME.start(Path.of("none.onnx"));
  }

  private static byte[] model() {
    NativeRuntime.start();
    try (Graph graph = NativeRuntime.newGraph()) {
      Ops tf = Ops.create(graph);
      Operand<TUint8> picture =
          tf.withName("picture").placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, -1, 3)));
      Operand<TFloat64> factor =
          tf.withName("factor").placeholder(TFloat64.class, Placeholder.shape(Shape.scalar()));
      tf.withName("scaled")
          .identity(
              PictureScaling.scaled(tf, picture, factor, SHAPE, SmallDetectors.NORMALIZATION));
      return new OnnxModel(
              GraphTranslation.of(
                  "scaling",
                  graph.toGraphDef(),
                  List.of(
                      port("picture", DataType.DT_UINT8, List.of(-1L, -1L, 3L)),
                      port("factor", DataType.DT_DOUBLE, List.of())),
                  List.of(port("scaled", DataType.DT_UINT8, List.of(96L, 128L, 3L)))),
              17,
              "",
              "",
              Map.of())
          .bytes()
          .toByteArray();
    }
  }

  private static ServingModel.Port port(String name, DataType type, List<Long> sizes) {
    return new ServingModel.Port(name, name, type, sizes);
  }

  @Test
  void pictures_of_any_size_become_the_same_bytes() throws OrtException {
    int[][] sizes = {
      {96, 128},
      {192, 256},
      {480, 640},
      {333, 500},
      {100, 20},
      {20, 100},
      {1, 1},
      {7, 901},
      {97, 129}
    };
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model());
        PictureScaling scaling = new PictureScaling(SHAPE, SmallDetectors.NORMALIZATION)) {
      for (int[] size : sizes) {
        byte[] pixels = new byte[size[0] * size[1] * 3];
        new Random(size[0]).nextBytes(pixels);
        PictureScaling.Scaled expected = scaling.scaled(new Picture(size[0], size[1], pixels));

        try (OnnxTensor picture =
                OnnxTensor.createTensor(
                    environment,
                    ByteBuffer.allocateDirect(pixels.length).put(pixels).flip(),
                    new long[] {size[0], size[1], 3},
                    OnnxJavaType.UINT8);
            OnnxTensor factor = OnnxTensor.createTensor(environment, expected.factor());
            OrtSession.Result result = session.run(Map.of("picture", picture, "factor", factor))) {
          byte[] found = new byte[SHAPE.bytes()];
          ((OnnxTensor) result.get(0)).getByteBuffer().get(found);

          assertThat(found).isEqualTo(expected.pixels());
        }
      }
    }
  }
}
