package org.kt4j.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kt4j.engine.json.Json;
import org.tensorflow.ndarray.Shape;

/**
 * Losses and gradients from other implementations, in float64: the files {@code
 * golden/transfer-losses.json} and {@code golden/later-losses.json} of the folder that the system
 * property {@code kt.shared} names. Only for tests tagged {@code shared}.
 *
 * <p>Where the other implementation divides by the length of a channel that is zero everywhere, its
 * gradient is NaN: the direction of nothing has no derivative. Ours has to be zero there.
 */
public final class GoldenLosses {

  private GoldenLosses() {}

  /**
   * The cases that have a loss.
   *
   * @throws IllegalArgumentException when no case has one of that name
   */
  public static List<Case> cases(String loss) {
    String shared = System.getProperty("kt.shared");
    if (shared == null) {
      throw new IllegalStateException("the system property kt.shared does not name a folder");
    }
    return cases(
        List.of(
            Path.of(shared, "golden", "transfer-losses.json"),
            Path.of(shared, "golden", "later-losses.json")),
        loss);
  }

  static List<Case> cases(List<Path> files, String loss) {
    List<Case> cases = new ArrayList<>();
    try {
      for (Path file : files) {
        for (JsonNode node : Json.tree(file).get("cases")) {
          Optional.ofNullable(node.get("expected").get(loss))
              .ifPresent(expected -> cases.add(new Case(node, expected)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (cases.isEmpty()) {
      throw new IllegalArgumentException("no case of " + files + " has the loss '" + loss + "'");
    }
    return cases;
  }

  /** One pair of networks and what a loss is on them. */
  public static final class Case {

    private final JsonNode inputs;
    private final JsonNode expected;

    private Case(JsonNode inputs, JsonNode expected) {
      this.inputs = inputs;
      this.expected = expected;
    }

    /** The teacher's feature maps, {@code [B, H, W, C]}. */
    public HeapTensor teacher() {
      return tensor("teacher");
    }

    /** The student's feature maps, {@code [B, H, W, C]}. */
    public HeapTensor student() {
      return tensor("student");
    }

    /** Other feature maps of the teacher, for losses between two layers, {@code [B, H, W, C]}. */
    public HeapTensor secondTeacher() {
      return tensor("teacher2");
    }

    /** Other feature maps of the student, for losses between two layers, {@code [B, H, W, C]}. */
    public HeapTensor secondStudent() {
      return tensor("student2");
    }

    /** The teacher's logits, {@code [B, K]}. */
    public HeapTensor teacherLogits() {
      return tensor("teacherLogits");
    }

    /** The student's logits, {@code [B, K]}. */
    public HeapTensor studentLogits() {
      return tensor("studentLogits");
    }

    /** The labels, {@code [B]}. */
    public int[] labels() {
      int[] labels = new int[inputs.get("labels").size()];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = inputs.get("labels").get(i).intValue();
      }
      return labels;
    }

    /**
     * How far a result is from what is expected here; the gradients are those of its taps, in the
     * order in which the method names them.
     */
    public Deviation deviation(ProbeResult result) {
      double value = expected.get("value").doubleValue();
      double gradient = 0;
      int tap = 0;
      for (HeapTensor actual : result.gradients().values()) {
        tap++;
        JsonNode wanted = expected.get(tap == 1 ? "gradient" : "gradient" + tap);
        gradient = Math.max(gradient, gradientDeviation(wanted, actual.values()));
      }
      return new Deviation(share(Math.abs(result.loss() - value), Math.abs(value)), gradient);
    }

    private static double share(double difference, double scale) {
      return scale == 0 ? difference : difference / scale;
    }

    private static double gradientDeviation(JsonNode wanted, float[] actual) {
      if (actual.length != wanted.size()) {
        throw new IllegalArgumentException(
            "the gradient has " + actual.length + " entries, expected " + wanted.size());
      }
      double scale = 0;
      double largest = 0;
      for (int i = 0; i < actual.length; i++) {
        double entry = wanted.get(i).doubleValue();
        double defined = Double.isNaN(entry) ? 0 : entry;
        scale = Math.max(scale, Math.abs(defined));
        largest = Math.max(largest, Math.abs(actual[i] - defined));
      }
      return share(largest, scale);
    }

    private HeapTensor tensor(String name) {
      JsonNode node = inputs.get(name);
      long[] axes = new long[node.get("shape").size()];
      for (int i = 0; i < axes.length; i++) {
        axes[i] = node.get("shape").get(i).longValue();
      }
      float[] values = new float[node.get("values").size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = node.get("values").get(i).floatValue();
      }
      return HeapTensor.of(Shape.of(axes), values);
    }

    /** The name of the case. */
    @Override
    public String toString() {
      return inputs.get("name").textValue();
    }
  }

  /**
   * How far a result is from the expected one.
   *
   * @param value of the loss, as a share of the expected loss; the difference itself where zero is
   *     expected
   * @param gradient the worst entry's difference, as a share of the largest expected entry: an
   *     entry far below it is a difference of larger numbers, of which float32 keeps no more
   *     digits. The difference itself where every expected entry is zero
   */
  public record Deviation(double value, double gradient) {}
}
