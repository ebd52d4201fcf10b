package org.kt4j.testkit;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.engine.data.Batch;
import org.kt4j.engine.data.ImageShape;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.experiment.OptimizerConfig;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.network.CifarResNetProvider;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.teacher.NetworkTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.training.Lesson;
import org.kt4j.engine.training.Term;
import org.kt4j.engine.training.TrainingGraph;

/**
 * One step of a real training with a method as its only term: a ResNet-8 learns from another, which
 * has more channels and does not change, on four pictures of 16x16. Both have the taps {@code
 * stage1}, {@code stage2}, {@code stage3}, each also with {@code .pre-relu}, {@code pooled} and
 * {@code logits}.
 *
 * @param loss before the update
 * @param studentBefore the student's variables by name
 * @param studentAfter the same after the step
 * @param teacherBefore the teacher's variables by name
 * @param teacherAfter the same after the step
 */
public record TrainingStep(
    float loss,
    Map<String, HeapTensor> studentBefore,
    Map<String, HeapTensor> studentAfter,
    Map<String, HeapTensor> teacherBefore,
    Map<String, HeapTensor> teacherAfter) {

  private static final ImageShape SHAPE = new ImageShape(16, 16, 3);
  private static final int CLASSES = 3;
  private static final int PICTURES = 4;

  /** Runs one step of SGD. */
  public static TrainingStep of(KnowledgeTransfer method) {
    Normalization normalization =
        new Normalization(Collections.nCopies(3, 0.5), Collections.nCopies(3, 0.25));
    Teacher teacher = NetworkTeacher.untrained(resNet8(6), normalization, SHAPE, 2);
    int[] labels = {0, 1, 2, 0};
    TrainingGraph.Blueprint blueprint =
        new TrainingGraph.Blueprint(
            SHAPE,
            CLASSES,
            resNet8(4),
            normalization,
            Map.of(Lesson.ONLY_TEACHER, teacher),
            List.of(new Term("term", 1, method)),
            OptimizerConfig.defaults(),
            1,
            0);
    try (TrainingGraph graph = new TrainingGraph(blueprint)) {
      Map<String, HeapTensor> student = values(graph, graph.student().all());
      Map<String, HeapTensor> frozen = values(graph, graph.frozen());
      byte[] pixels = new byte[PICTURES * SHAPE.bytes()];
      new Random(3).nextBytes(pixels);
      float loss =
          graph.step(new Batch(pixels, labels, new int[PICTURES], PICTURES), 0.1, 0).objective();
      return new TrainingStep(
          loss,
          student,
          values(graph, graph.student().all()),
          frozen,
          values(graph, graph.frozen()));
    }
  }

  private static Network resNet8(int width) {
    CifarResNetProvider resNet = new CifarResNetProvider();
    CifarResNetProvider.Options options =
        new CifarResNetProvider.Options(8, width, resNet.defaults().shortcut());
    return resNet.create(options, SHAPE, CLASSES);
  }

  private static Map<String, HeapTensor> values(
      TrainingGraph graph, Collection<Variable> variables) {
    Map<String, HeapTensor> values = new LinkedHashMap<>();
    variables.forEach(
        variable ->
            values.put(
                variable.name(), HeapTensor.of(variable.shape(), graph.graph().read(variable))));
    return values;
  }
}
