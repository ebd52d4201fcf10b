package org.kt4j.api;

import java.util.List;

/**
 * Announces one knowledge-transfer method; found by {@link java.util.ServiceLoader} or composed by
 * Guice. See the package page for the rules.
 *
 * <p>Implementations have a public constructor without parameters and load no native code before
 * {@link KnowledgeTransfer#teach}, so that listing the methods is instant.
 *
 * @param <O> the method's options
 */
public interface KnowledgeTransferProvider<O extends Record> extends NamedProvider<O> {

  /**
   * Creates the method.
   *
   * @param options checked options, as bound from the configuration or built in Java
   * @return a stateless method
   */
  KnowledgeTransfer create(O options);

  /** What it learns from, for listings. */
  default MethodFamily family() {
    return MethodFamily.OTHER;
  }

  /**
   * What it needs or costs beyond a comparison of two activations, for listings: a phrase, such as
   * {@code trains a regressor beside the student}; empty where there is nothing.
   */
  default String needs() {
    return "";
  }

  /** Objectives of the literature with this method in them; none unless stated. */
  default List<Preset> presets() {
    return List.of();
  }
}
