package org.kt4j.api;

import java.util.List;

/**
 * The taps that a term reads, by name and side.
 *
 * @param teacher taps of the teacher; empty when the term does not learn from a teacher
 * @param student taps of the student
 */
public record Taps(List<String> teacher, List<String> student) {

  /** The tap that every classifier has: its unnormalised class scores, {@code [B, K]}. */
  public static final String LOGITS = "logits";

  /** The tap behind the last global pooling, {@code [B, C]}: what the last layer reads. */
  public static final String POOLED = "pooled";

  /** What the name of a tap in front of an activation function ends with. */
  public static final String PRE_RELU = ".pre-relu";

  /** Copies both lists, dropping repetitions and keeping the order. */
  public Taps {
    teacher = teacher.stream().distinct().toList();
    student = student.stream().distinct().toList();
  }

  /** Both taps of each pair. */
  public static Taps ofPairs(List<LayerPair> pairs) {
    return new Taps(
        pairs.stream().map(LayerPair::teacher).toList(),
        pairs.stream().map(LayerPair::student).toList());
  }

  /** The logits of both sides. */
  public static Taps ofLogits() {
    return new Taps(List.of(LOGITS), List.of(LOGITS));
  }
}
