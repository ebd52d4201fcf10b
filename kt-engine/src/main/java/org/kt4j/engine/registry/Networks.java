package org.kt4j.engine.registry;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.network.NetworkProvider;

/**
 * The networks that configurations can name: a family's name alone, or with a member behind it, as
 * in {@code resnet-20}.
 */
@Singleton
public final class Networks extends Registry<NetworkProvider<?>> {

  /** The networks that Guice collected. */
  @Inject
  public Networks(Set<NetworkProvider<?>> found) {
    super("network", found);
  }

  @Override
  public boolean knows(String name) {
    return family(name).isPresent();
  }

  /** {@inheritDoc} A family's name is the longest that the given name starts with. */
  @Override
  public NetworkProvider<?> provider(String name) {
    return family(name).orElseThrow(() -> new IllegalArgumentException(unknown(name)));
  }

  @Override
  public Record defaults(String name) {
    NetworkProvider<?> provider = provider(name);
    String variant =
        name.length() == provider.name().length()
            ? ""
            : name.substring(provider.name().length() + 1);
    return provider.variant(variant);
  }

  /**
   * Creates a network.
   *
   * @param name a known name
   * @param options of the record type that belongs to the name
   * @param input the size of the images
   * @param classes the number of logits
   */
  public Network create(String name, Record options, ImageShape input, int classes) {
    return create(provider(name), options, input, classes);
  }

  private static <O extends Record> Network create(
      NetworkProvider<O> provider, Record options, ImageShape input, int classes) {
    return provider.create(Options.cast(provider, options), input, classes);
  }

  private Optional<NetworkProvider<?>> family(String name) {
    return all().stream()
        .filter(p -> name.equals(p.name()) || name.matches(Pattern.quote(p.name()) + "-.+"))
        .max(Comparator.comparingInt(p -> p.name().length()));
  }
}
