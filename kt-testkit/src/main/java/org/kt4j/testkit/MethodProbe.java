package org.kt4j.testkit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.kt4j.api.KnowledgeTransfer;

/**
 * Runs one method outside any training: on given activations, in a small graph whose batch size is
 * unknown while it is built, as in training.
 *
 * <pre>{@code
 * ProbeResult result =
 *     MethodProbe.of(new NstProvider().create(options))
 *         .teacher("stage3", HeapTensor.maps(1, 1, 2, 1, 3, 4))
 *         .student("stage3", HeapTensor.maps(1, 1, 2, 1, 1, 0))
 *         .run();
 * result.loss();               // 1.28
 * result.gradient("stage3");   // [1, 1, 2, 1]
 * }</pre>
 *
 * <p>The two halves run apart: {@code teach} is fed the teacher's activations and nothing else, and
 * {@code loss} is fed the numbers that came out of it, as if they had been cached. A method whose
 * knowledge depends on more than the teacher therefore does not run at all.
 *
 * <p>Auxiliary variables hold their first values, the normal ones drawn with a fixed seed, unless
 * others are given. A method that is calibrated on the teacher sees this batch.
 *
 * <p>Immutable: every method returns a new probe. What is native is opened and closed inside.
 */
public final class MethodProbe {

  private final KnowledgeTransfer method;
  private final Map<String, HeapTensor> teacher;
  private final Map<String, HeapTensor> student;
  private final int[] labels;

  /** Which training pictures the batch holds; empty for the first ones in their order. */
  private final int[] pictures;

  private final Map<String, HeapTensor> auxiliaries;

  private MethodProbe(
      KnowledgeTransfer method,
      Map<String, HeapTensor> teacher,
      Map<String, HeapTensor> student,
      int[] labels,
      int[] pictures,
      Map<String, HeapTensor> auxiliaries) {
    this.method = method;
    this.teacher = teacher;
    this.student = student;
    this.labels = labels;
    this.pictures = pictures;
    this.auxiliaries = auxiliaries;
  }

  /** A probe of a method, so far without activations. */
  public static MethodProbe of(KnowledgeTransfer method) {
    return new MethodProbe(method, Map.of(), Map.of(), new int[0], new int[0], Map.of());
  }

  /** The same activations in front of another method. */
  public MethodProbe method(KnowledgeTransfer other) {
    return new MethodProbe(other, teacher, student, labels, pictures, auxiliaries);
  }

  /** Gives the teacher a tap, or another activation at it. */
  public MethodProbe teacher(String tap, HeapTensor activation) {
    return new MethodProbe(
        method, plus(teacher, tap, activation), student, labels, pictures, auxiliaries);
  }

  /** Gives the student a tap, or another activation at it. */
  public MethodProbe student(String tap, HeapTensor activation) {
    return new MethodProbe(
        method, teacher, plus(student, tap, activation), labels, pictures, auxiliaries);
  }

  /** Gives the batch its labels; a method that reads none needs none. */
  public MethodProbe labels(int... classes) {
    return new MethodProbe(method, teacher, student, classes.clone(), pictures, auxiliaries);
  }

  /**
   * Gives an auxiliary variable a value instead of its first one, so that the loss can be compared
   * with a number from outside.
   *
   * @param name as the method asks for it
   */
  public MethodProbe auxiliary(String name, HeapTensor value) {
    return new MethodProbe(
        method, teacher, student, labels, pictures, plus(auxiliaries, name, value));
  }

  /** Changes every activation of both sides. */
  public MethodProbe eachActivation(UnaryOperator<HeapTensor> change) {
    return new MethodProbe(
        method, changed(teacher, change), changed(student, change), labels, pictures, auxiliaries);
  }

  /** Changes every activation of the student. */
  public MethodProbe eachStudentActivation(UnaryOperator<HeapTensor> change) {
    return new MethodProbe(
        method, teacher, changed(student, change), labels, pictures, auxiliaries);
  }

  /** Gives the student the teacher's taps and activations. */
  public MethodProbe studentAsTeacher() {
    return new MethodProbe(method, teacher, teacher, labels, pictures, auxiliaries);
  }

  /**
   * Says which training pictures the batch holds, each from 0 to 63; the first ones in their order
   * unless this is called.
   */
  public MethodProbe pictures(int... positions) {
    return new MethodProbe(method, teacher, student, labels, positions.clone(), auxiliaries);
  }

  /** The batch and behind it the same again, labels and pictures too. */
  public MethodProbe twice() {
    return eachActivation(HeapTensor::twice).labels(twice(labels)).pictures(twice(pictures()));
  }

  private static int[] twice(int[] values) {
    return IntStream.concat(IntStream.of(values), IntStream.of(values)).toArray();
  }

  /** The same batch in the opposite order, labels and pictures too. */
  public MethodProbe reversed() {
    return eachActivation(HeapTensor::reversed)
        .labels(reversed(labels))
        .pictures(reversed(pictures()));
  }

  private static int[] reversed(int[] values) {
    return IntStream.range(0, values.length).map(i -> values[values.length - 1 - i]).toArray();
  }

  private int[] pictures() {
    return pictures.length > 0
        ? pictures
        : Stream.of(teacher, student)
            .flatMap(side -> side.values().stream())
            .findFirst()
            .map(any -> IntStream.range(0, (int) any.shape().get(0)).toArray())
            .orElse(pictures);
  }

  /**
   * Builds the method and runs it once.
   *
   * @throws IllegalArgumentException when the method refuses the shapes or reads a tap that it did
   *     not ask for or that was not given, or an auxiliary variable was given that it does not ask
   *     for or that has another shape
   */
  public ProbeResult run() {
    try (ProbeGraph graph =
        new ProbeGraph(method, teacher, student, labels, pictures(), auxiliaries)) {
      return graph.run();
    }
  }

  /**
   * Compares the gradient with central differences, a hundredth of each activation's largest number
   * to either side: in float32 about where the rounding of the loss and the curvature of a loss of
   * order one disturb a difference equally little. See {@link GradientCheck} for what can be
   * expected of it.
   */
  public GradientCheck checkGradient() {
    return checkGradient(0.01f);
  }

  /**
   * Compares the gradient with central differences.
   *
   * @param step how far to either side, as a share of the largest magnitude in the activation
   */
  public GradientCheck checkGradient(float step) {
    try (ProbeGraph graph =
        new ProbeGraph(method, teacher, student, labels, pictures(), auxiliaries)) {
      return GradientCheck.of(graph, student, step);
    }
  }

  private static Map<String, HeapTensor> plus(
      Map<String, HeapTensor> activations, String tap, HeapTensor activation) {
    Map<String, HeapTensor> more = new LinkedHashMap<>(activations);
    more.put(tap, activation);
    return Collections.unmodifiableMap(more);
  }

  private static Map<String, HeapTensor> changed(
      Map<String, HeapTensor> activations, UnaryOperator<HeapTensor> change) {
    Map<String, HeapTensor> changed = new LinkedHashMap<>(activations);
    changed.replaceAll((tap, activation) -> change.apply(activation));
    return Collections.unmodifiableMap(changed);
  }
}
