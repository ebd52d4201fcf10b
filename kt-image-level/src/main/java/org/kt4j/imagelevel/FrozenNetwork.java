package org.kt4j.imagelevel;

import java.util.List;
import org.kt4j.api.Taps;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.cache.GraphDigest;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.WeightsException;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A network with frozen weights in a graph of its own, from pictures to logits. */
public final class FrozenNetwork implements LogitFunction, AutoCloseable {

  private final ImageGraph graph;
  private final MountedTeacher teacher;
  private final List<Operand<TFloat32>> logits;

  /**
   * Builds the network and loads its weights.
   *
   * @param shape of the pictures
   * @param teacher the network; it is not closed with this
   * @throws WeightsException when the weights belong to another network
   */
  public FrozenNetwork(ImageShape shape, Teacher teacher) {
    graph = new ImageGraph(shape);
    try {
      this.teacher = teacher.mount(graph, "frozen", List.of(Taps.LOGITS));
      logits = List.of(this.teacher.tap(Taps.LOGITS));
      this.teacher.load();
    } catch (RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  /**
   * A hash of the operations that lead from pictures to a teacher's logits, without its weights.
   */
  public static String digest(ImageShape shape, Teacher teacher) {
    try (ImageGraph graph = new ImageGraph(shape)) {
      Operand<TFloat32> logits =
          teacher.mount(graph, "frozen", List.of(Taps.LOGITS)).tap(Taps.LOGITS);
      return new GraphDigest(graph.graph()).of(logits.asOutput());
    }
  }

  @Override
  public float[] logits(byte[] pixels, int size) {
    return graph.run(pixels, size, teacher::feed, logits).get(0);
  }

  @Override
  public boolean rounds() {
    return teacher.rounds();
  }

  @Override
  public void close() {
    graph.close();
  }
}
