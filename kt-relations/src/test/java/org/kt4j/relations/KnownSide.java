package org.kt4j.relations;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.TermMemory;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** A student's side of {@code pooled} in which all weights and memories are known. */
final class KnownSide implements StudentSide {

  static final float[][] STUDENT_WEIGHT = {{1, 0.5f}, {-0.5f, 1}};
  static final float[][] TEACHER_WEIGHT = {{0.5f, 1}, {1, 0}};
  static final float[][] STUDENT_ROWS = {{1, 0}, {0, 1}, {-1, 0}, {0.6f, 0.8f}};
  static final float[][] TEACHER_ROWS = {{0, -1}, {0.8f, 0.6f}, {1, 0}, {0, 1}};

  /** One more than the class; 0 of a picture that was not seen. */
  static final float[][] CLASSES = {{0}, {1}, {0}, {2}};

  private final Ops tf;
  private final float[][] activation;
  private final int[] pictures;
  private final int[] labels;
  private final Map<String, Operand<TFloat32>> written = new HashMap<>();

  KnownSide(Ops tf, float[][] activation, int[] pictures, int[] labels) {
    this.tf = tf;
    this.activation = activation;
    this.pictures = pictures;
    this.labels = labels;
  }

  /** What is written into a memory whose name ends so. */
  Operand<TFloat32> written(String end) {
    return written.entrySet().stream()
        .filter(each -> each.getKey().endsWith(end))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow();
  }

  /** What a method draws with this seed. */
  Operand<TInt32> drawn(int count) {
    return tf.random.statelessRandomUniformInt(
        tf.array(count), seed(), tf.constant(0), tf.constant(pictureCount()));
  }

  @Override
  public Operand<TFloat32> activation(String tap) {
    return tf.constant(activation);
  }

  @Override
  public Operand<TInt32> labels() {
    return tf.constant(labels);
  }

  @Override
  public Operand<TInt64> step() {
    return tf.constant(0L);
  }

  @Override
  public Operand<TInt32> pictures() {
    return tf.constant(pictures);
  }

  @Override
  public int pictureCount() {
    return STUDENT_ROWS.length;
  }

  @Override
  public Operand<TInt64> seed() {
    return tf.constant(new long[] {3, 7});
  }

  @Override
  public TapShapes teacherShapes() {
    return TapShapes.of(Map.of("pooled", Shape.of(-1, 2)));
  }

  @Override
  public TapShapes studentShapes() {
    return teacherShapes();
  }

  @Override
  public Operand<TFloat32> batchNorm(Ops scope, String name, Operand<TFloat32> map) {
    throw new UnsupportedOperationException("no method of this module that is tested here has one");
  }

  @Override
  public TermMemory memory(String name, Shape shape, Initial initial) {
    Map<String, float[][]> known =
        Map.of(
            "pooled.student-rows", STUDENT_ROWS,
            "pooled.teacher-rows", TEACHER_ROWS,
            "classes", CLASSES);
    float[][] rows = known.get(name);
    Operand<TFloat32> value =
        rows == null ? tf.constant(new float[] {0}) : tf.constant(rows); // a scale, not set yet
    return new TermMemory() {
      @Override
      public Operand<TFloat32> value() {
        return value;
      }

      @Override
      public Operand<TFloat32> rows(Operand<TInt32> asked) {
        return tf.gather(value, asked, tf.constant(0));
      }

      @Override
      public void write(Operand<TFloat32> next) {
        written.put(name, next);
      }

      @Override
      public void writeRows(Operand<TInt32> asked, Operand<TFloat32> values) {
        written.put(name, values);
      }
    };
  }

  @Override
  public Operand<TFloat32> auxiliary(String name, Shape shape, Initial initial) {
    Map<String, float[][]> known =
        Map.of("pooled.student.weight", STUDENT_WEIGHT, "pooled.teacher.weight", TEACHER_WEIGHT);
    return name.endsWith("bias")
        ? tf.constant(new float[] {0, 0})
        : tf.constant(Objects.requireNonNull(known.get(name), name));
  }
}
