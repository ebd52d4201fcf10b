package org.kt4j.api;

/**
 * Something that a configuration picks by name and sets up with an options record: a
 * knowledge-transfer method, a network, a data set.
 *
 * @param <O> the options, a record whose compact constructor checks ranges and throws {@link
 *     InvalidOptionException}; components are written in kebab case in YAML
 */
public interface NamedProvider<O extends Record> {

  /** The name used in configurations: lower-case kebab case, such as {@code attention}. */
  String name();

  /** One line for listings: what it is and where it comes from (paper, year). */
  String summary();

  /** The options with every default in place; the only place where defaults stand. */
  O defaults();
}
