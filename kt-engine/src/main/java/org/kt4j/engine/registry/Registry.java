package org.kt4j.engine.registry;

import java.net.URL;
import java.security.CodeSource;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.kt4j.api.NamedProvider;
import org.kt4j.config.NearestName;
import org.kt4j.config.OptionsLookup;

/**
 * Providers of one kind by name.
 *
 * @param <P> the kind
 */
public class Registry<P extends NamedProvider<?>> implements OptionsLookup {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

  private final String kind;
  private final SortedMap<String, P> providers = new TreeMap<>();

  /**
   * Takes providers in.
   *
   * @param kind what they are, for messages: {@code "term"}
   * @param found the providers, from wherever
   * @throws IllegalArgumentException when two have the same name (both origins are named) or a name
   *     is no lower-case kebab case
   */
  public Registry(String kind, Collection<? extends P> found) {
    this.kind = kind;
    for (P provider : found) {
      if (!NAME.matcher(provider.name()).matches()) {
        throw new IllegalArgumentException(
            kind
                + " '"
                + provider.name()
                + "' of "
                + origin(provider)
                + ": a name is lower-case letters, digits and hyphens");
      }
      P other = providers.put(provider.name(), provider);
      if (other != null && other.getClass() != provider.getClass()) {
        throw new IllegalArgumentException(
            "two providers of the "
                + kind
                + " '"
                + provider.name()
                + "': "
                + origin(other)
                + " and "
                + origin(provider)
                + "; remove one of the artifacts");
      }
    }
  }

  /** All providers by name. */
  public Collection<P> all() {
    return Collections.unmodifiableCollection(providers.values());
  }

  /**
   * The provider of a name.
   *
   * @throws IllegalArgumentException when there is none; the message lists the known names
   */
  public P provider(String name) {
    P provider = providers.get(name);
    if (provider == null) {
      throw new IllegalArgumentException(unknown(name));
    }
    return provider;
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(providers.keySet());
  }

  @Override
  public Record defaults(String name) {
    return provider(name).defaults();
  }

  @Override
  public String unknown(String name) {
    return NearestName.unknown(kind, name, names())
        + "; one that is not listed is found when its artifact is on the class path";
  }

  private static String origin(NamedProvider<?> provider) {
    CodeSource source = provider.getClass().getProtectionDomain().getCodeSource();
    URL location = source == null ? null : source.getLocation();
    return provider.getClass().getName() + (location == null ? "" : " (" + location + ")");
  }
}
