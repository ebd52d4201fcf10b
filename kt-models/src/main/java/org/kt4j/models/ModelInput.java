package org.kt4j.models;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.NearestName;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.teacher.TeacherInput.Layout;

/**
 * An input as a file describes it.
 *
 * @param name by which it is fed
 * @param type of its numbers, as messages call it
 * @param shape with {@link #ANY} for an axis that may have any size; null when not even the number
 *     of axes is known
 */
record ModelInput(String name, String type, @Nullable List<Long> shape) {

  static final long ANY = -1;

  static final String FLOAT16 = "float16";
  static final String FLOAT32 = "float32";
  static final String FLOAT64 = "float64";

  /** Pixels as they are, from 0 to 255. */
  static final String UINT8 = "uint8";

  /** The types of inputs of ONNX models that are fed. */
  static final List<String> FED_TO_ONNX = List.of(FLOAT32, FLOAT16, FLOAT64, UINT8);

  /**
   * The one input that is to be fed.
   *
   * @param inputs those of the file
   * @param wanted a name, or null for the only one
   * @param fed the types that can be fed
   */
  static ModelInput pick(
      Path file, List<ModelInput> inputs, @Nullable String wanted, List<String> fed) {
    List<String> names = inputs.stream().map(ModelInput::name).toList();
    if (wanted != null && !names.contains(wanted)) {
      throw new ModelException(file, NearestName.unknown("input", wanted, names));
    }
    if (inputs.size() != 1) {
      throw new ModelException(
          file,
          "has "
              + inputs.size()
              + " inputs ("
              + String.join(", ", names)
              + "); allowed: one, the pictures; fix: export the model with the others as constants");
    }
    ModelInput input = inputs.get(0);
    if (!fed.contains(input.type)) {
      throw new ModelException(
          file,
          "its input '"
              + input.name
              + "' takes "
              + input.type
              + " of the shape "
              + input.described()
              + "; allowed: "
              + String.join(", ", fed)
              + (fed.contains(UINT8) ? " (pixels from 0 to 255)" : "")
              + "; fix: export the model so"
              + (input.type.equals("int8")
                  ? ", with the operation in the file that makes int8 of it (QuantizeLinear)"
                  : ""));
    }
    return input;
  }

  /** The number of axes; {@link #ANY} when it is not known. */
  long axes() {
    return shape == null ? ANY : shape.size();
  }

  /** Whether it takes pixels as they are. */
  boolean takesBytes() {
    return type.equals(UINT8);
  }

  /**
   * The layout that the shape tells.
   *
   * @param channels of the pictures
   */
  Optional<Layout> layout(int channels) {
    if (shape == null || shape.size() != 4) {
      return Optional.empty();
    }
    boolean first = shape.get(1) == channels;
    boolean last = shape.get(3) == channels;
    return first == last ? Optional.empty() : Optional.of(first ? Layout.NCHW : Layout.NHWC);
  }

  /** The batch size that was fixed when the model was exported, or {@link #ANY}. */
  long fixedBatch() {
    return shape == null || shape.isEmpty() ? ANY : shape.get(0);
  }

  /** The first axis, the batch, may have any size: a fixed one is fed in chunks. */
  void check(Path file, long[] given) {
    boolean fits = shape == null || shape.size() == given.length;
    for (int axis = 1; fits && shape != null && axis < given.length; axis++) {
      fits = shape.get(axis) == ANY || shape.get(axis) == given[axis];
    }
    if (!fits) {
      throw new ModelException(
          file,
          "its input '"
              + name
              + "' was given the shape "
              + Arrays.toString(given)
              + "; allowed: "
              + described()
              + "; fix: the order of the axes or the size of the pictures");
    }
  }

  private String described() {
    return shape == null
        ? "any"
        : shape.stream()
            .map(size -> size == ANY ? "any" : size.toString())
            .collect(Collectors.joining(", ", "[", "]"));
  }
}
