package org.kt4j.engine.registry;

import org.kt4j.api.NamedProvider;

/** Gives options, whose type the compiler has lost sight of, back to their provider. */
final class Options {

  private Options() {}

  static <O extends Record> O cast(NamedProvider<O> provider, Record options) {
    Record defaults = provider.defaults();
    if (options.getClass() != defaults.getClass()) {
      throw new IllegalArgumentException(
          "'"
              + provider.name()
              + "' takes "
              + defaults.getClass().getName()
              + ", given was "
              + options.getClass().getName());
    }
    @SuppressWarnings("unchecked") // The class was compared just above; records are final.
    O own = (O) options;
    return own;
  }
}
