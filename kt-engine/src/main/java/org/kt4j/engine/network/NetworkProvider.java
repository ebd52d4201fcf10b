package org.kt4j.engine.network;

import java.util.List;
import org.kt4j.api.NamedProvider;
import org.kt4j.data.ImageShape;

/**
 * Announces a family of networks; found by {@link java.util.ServiceLoader} or composed by Guice.
 *
 * <p>A configuration names a member as {@code name-variant} ({@code resnet-20}, {@code
 * wide-resnet-16-2}) or as {@code name} alone, and gives further options as keys beside it.
 *
 * @param <O> the options
 */
public interface NetworkProvider<O extends Record> extends NamedProvider<O> {

  /** Members worth listing, as a configuration writes them; the first is the usual one. */
  List<String> examples();

  /**
   * The options of a member.
   *
   * @param variant what stands behind the family's name and its hyphen, such as {@code 20}; empty
   *     when the name stands alone
   * @throws IllegalArgumentException when there is no such member; the message says what is allowed
   */
  O variant(String variant);

  /**
   * Creates the network.
   *
   * @param options checked options
   * @param input the size of the images
   * @param classes the number of logits
   * @throws IllegalArgumentException when the images are too small; the message says what is needed
   */
  Network create(O options, ImageShape input, int classes);

  /** The objective without a teacher, as a list of terms in YAML. */
  default String objective() {
    return "[{term: cross-entropy}]";
  }

  /** Whether its networks give logits of the whole picture; a detector's do not. */
  default boolean givesLogits() {
    return true;
  }
}
