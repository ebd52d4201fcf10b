package org.kt4j.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.kt4j.api.NamedProvider;

/** What names a part of a configuration may have, and the default options of each. */
public interface OptionsLookup {

  /** The known names, in the order in which errors list them. */
  Set<String> names();

  /** Whether there are options for a name; a lookup may know more names than it lists. */
  default boolean knows(String name) {
    return names().contains(name);
  }

  /**
   * The default options of a name.
   *
   * @param name one that {@link #knows} accepts
   */
  Record defaults(String name);

  /**
   * What to say about a name that is not known; a registry may add which artifact to install.
   *
   * @param name one that {@link #knows} refuses
   */
  default String unknown(String name) {
    return NearestName.unknown(name, names());
  }

  /** Looks among providers, whose names must differ. */
  static OptionsLookup of(Collection<? extends NamedProvider<?>> providers) {
    Map<String, NamedProvider<?>> byName = new LinkedHashMap<>();
    for (NamedProvider<?> provider : providers) {
      if (byName.putIfAbsent(provider.name(), provider) != null) {
        throw new IllegalArgumentException("two providers are named '" + provider.name() + "'");
      }
    }
    return new OptionsLookup() {
      @Override
      public Set<String> names() {
        return byName.keySet();
      }

      @Override
      public Record defaults(String name) {
        NamedProvider<?> provider = byName.get(name);
        if (provider == null) {
          throw new IllegalArgumentException(unknown(name));
        }
        return provider.defaults();
      }
    };
  }
}
