package org.kt4j.engine.experiment;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * An output of a model as a tap. That of a transformer is {@code [B, N, C]}, N tokens of C numbers;
 * it becomes the map {@code [B, height, width, C]} of its tokens in their order, row by row, or the
 * vector {@code [B, C]} of one token.
 *
 * @param output the name of the output or inner tensor
 * @param tokens height and width of the map, {@code 14x14}; null for an output that is a map or a
 *     vector already
 * @param skip tokens in front of those of the map, such as a class token
 * @param token the position of the one token that is taken, from 0; null for none
 */
public record ModelOutput(
    @Description("name of the output or inner tensor") String output,
    @Description("tokens as a map: height and width, such as 14x14") @Nullable String tokens,
    @Description("tokens in front of those of the map, 0 to 4096") int skip,
    @Description("one token as a vector: its position, 0 to 4096") @Nullable Integer token) {

  private static final Pattern SIZES = Pattern.compile("([1-9][0-9]{0,3})x([1-9][0-9]{0,3})");
  private static final int MOST = 4096;

  /** Checks the ranges. */
  public ModelOutput {
    if (tokens != null && !SIZES.matcher(tokens).matches()) {
      throw new InvalidOptionException("tokens", tokens, "height and width, such as 14x14");
    }
    if (skip < 0 || skip > MOST) {
      throw new InvalidOptionException("skip", skip, "0 to " + MOST);
    }
    if (skip > 0 && tokens == null) {
      throw new InvalidOptionException("skip", skip, "with tokens only, such as tokens: 14x14");
    }
    if (token != null && (token < 0 || token > MOST)) {
      throw new InvalidOptionException("token", token, "0 to " + MOST);
    }
    if (token != null && tokens != null) {
      throw new InvalidOptionException("token", token, "without tokens: one of both");
    }
  }

  /** An output as it is. */
  public ModelOutput(String output) {
    this(output, null, 0, null);
  }

  /**
   * Outputs as they are.
   *
   * @param names of outputs by tap
   */
  public static Map<String, ModelOutput> named(Map<String, String> names) {
    Map<String, ModelOutput> outputs = new LinkedHashMap<>();
    names.forEach((tap, name) -> outputs.put(tap, new ModelOutput(name)));
    return outputs;
  }

  /** What applies to keys that are not given. */
  public static ModelOutput defaults() {
    return new ModelOutput("");
  }

  /** Whether it is taken as it is. */
  public boolean plain() {
    return tokens == null && token == null;
  }

  /** The height of the map. */
  public int height() {
    return size(0);
  }

  /** The width of the map. */
  public int width() {
    return size(1);
  }

  private int size(int axis) {
    if (tokens == null) {
      throw new IllegalStateException(output + " is no map of tokens");
    }
    return Integer.parseInt(tokens.split("x", -1)[axis]);
  }
}
