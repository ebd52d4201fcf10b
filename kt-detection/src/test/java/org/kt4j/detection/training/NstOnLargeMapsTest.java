package org.kt4j.detection.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.objective.StepInputs;
import org.kt4j.engine.objective.TermScope;
import org.kt4j.nst.NstOptions;
import org.kt4j.nst.NstProvider;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Neuron selectivity transfer between the maps of a detector that sees 600 x 1000 pixels at stride
 * 16, from 1024 channels of a ResNet-101 to 576 of an Inception-BN.
 */
class NstOnLargeMapsTest {

  private static final int POSITIONS = 38 * 63;

  /** The teacher's map itself, 2.5 million; products of positions would be 5.7 million. */
  private static final long LARGEST = POSITIONS * 1024L;

  private static final String TAP = "map";

  private static TapShapes shapes(int channels) {
    return TapShapes.of(Map.of(TAP, Shape.of(-1, 38, 63, channels)));
  }

  private static TFloat32 random(int channels, long seed) {
    Random random = new Random(seed);
    float[] values = new float[POSITIONS * channels];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, (float) random.nextGaussian());
    }
    return TFloat32.tensorOf(Shape.of(1, 38, 63, channels), DataBuffers.of(values));
  }

  @Test
  void no_tensor_is_larger_than_the_teachers_map() {
    assertThat(LARGEST).isLessThan((long) POSITIONS * POSITIONS);
    KnowledgeTransfer nst =
        new NstProvider().create(NstOptions.defaults().on(LayerSelection.of(Map.of(TAP, TAP))));
    try (Graph graph = NativeRuntime.newGraph();
        Session session = new Session(graph);
        TFloat32 taught = random(1024, 1);
        TFloat32 learnt = random(576, 2)) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> teacher =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, 38, 63, 1024)));
      Operand<TFloat32> student =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, 38, 63, 576)));
      TermScope scope =
          new TermScope(
              "nst",
              shapes(1024),
              shapes(576),
              new Variables(tf, "auxiliary", 0),
              tf.constant(new int[] {0}),
              StepInputs.of(tf, 1));
      Taps taps = nst.taps(shapes(1024), shapes(576));

      Knowledge knowledge = nst.teach(tf, scope.teacherSide(taps.teacher(), Map.of(TAP, teacher)));
      Operand<TFloat32> loss =
          nst.loss(tf, scope.studentSide(taps.student(), Map.of(TAP, student)), knowledge);
      Output<?> gradient =
          graph.addGradients(loss.asOutput(), new Output<?>[] {student.asOutput()})[0];

      List<Output<?>> unknown = new ArrayList<>();
      int known = 0;
      Iterator<GraphOperation> operations = graph.operations();
      while (operations.hasNext()) {
        GraphOperation operation = operations.next();
        for (int i = 0; i < operation.numOutputs(); i++) {
          Output<?> output = operation.output(i);
          long size = output.shape().isUnknown() ? -1 : output.shape().size();
          if (size < 0) {
            unknown.add(output);
          } else {
            known++;
            assertThat(size).as(operation.name()).isLessThanOrEqualTo(LARGEST);
          }
        }
      }
      assertThat(known).isGreaterThan(20);
      // What has no static shape is computed and measured.
      Session.Runner runner =
          session.runner().feed(teacher, taught).feed(student, learnt).fetch(loss).fetch(gradient);
      unknown.forEach(runner::fetch);
      try (Result result = runner.run()) {
        for (int i = 0; i < result.size(); i++) {
          assertThat(result.get(i).shape().size()).isLessThanOrEqualTo(LARGEST);
        }
        float value = ImageGraph.floats((TFloat32) result.get(0))[0];
        assertThat(value).isFinite().isPositive();
        float[] slopes = ImageGraph.floats((TFloat32) result.get(1));
        assertThat(slopes).hasSize(POSITIONS * 576);
        for (float slope : slopes) {
          if (!Float.isFinite(slope)) {
            assertThat(slope).isFinite();
          }
        }
      }
    }
  }
}
