package org.kt4j.engine.graph;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * What a failure of TensorFlow is. Its exceptions have no common type: an invalid argument is an
 * {@link IllegalArgumentException}, a missing kernel an {@link UnsupportedOperationException}, and
 * all others are {@link TensorFlowException}s. So nobody catches one of these types; who calls
 * TensorFlow catches a {@link RuntimeException} and asks for its {@link #reason}.
 */
public final class TensorFlowFailure {

  /** A full disk exhausts a resource, too. */
  private static final Pattern OF_MEMORY = Pattern.compile("OOM|[Mm]emory|allocat");

  private static final Pattern SHAPE = Pattern.compile("shape(\\[[0-9,]*])");

  private TensorFlowFailure() {}

  /** Whether native TensorFlow threw it. */
  public static boolean is(Throwable thrown) {
    return thrown instanceof TensorFlowException
        || thrown instanceof TFInvalidArgumentException
        || thrown instanceof TFUnimplementedException;
  }

  /**
   * Why TensorFlow failed, on one line; any other exception is thrown again.
   *
   * @param caught around a call of TensorFlow
   * @return a phrase without a full stop
   */
  public static String reason(RuntimeException caught) {
    if (!is(caught)) {
      throw caught;
    }
    return described(caught);
  }

  /**
   * The same for calls with names from a file: TensorFlow-Java refuses an operation that a graph
   * does not have by a plain {@link IllegalArgumentException}.
   */
  public static String reasonOrMisuse(RuntimeException caught) {
    return caught instanceof IllegalArgumentException ? described(caught) : reason(caught);
  }

  /**
   * Why TensorFlow failed, on one line.
   *
   * @param failure one that {@link #is} accepts
   * @return a phrase without a full stop
   */
  public static String described(Throwable failure) {
    // What comes behind the first line is about the graph.
    String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("").strip();
    if (failure instanceof TFResourceExhaustedException && OF_MEMORY.matcher(message).find()) {
      Matcher shape = SHAPE.matcher(message);
      return "the memory is not enough"
          + (shape.find() ? " for a tensor of the shape " + shape.group(1) : " (" + message + ")")
          + "; fix: a smaller batch-size, smaller pictures, a smaller network, or more memory";
    }
    if (message.isEmpty()) {
      return "TensorFlow gives no reason";
    }
    return failure instanceof TFUnimplementedException
        ? "TensorFlow cannot do this here (" + message + ")"
        : message;
  }
}
