package org.kt4j.api;

/**
 * Announces one criterion by which single weights of a network are kept or set to zero; found by
 * {@link java.util.ServiceLoader}.
 *
 * <p>Implementations have a public constructor without parameters and load no native code.
 *
 * @param <O> the criterion's options
 */
public interface WeightCriterionProvider<O extends Record> extends NamedProvider<O> {

  /**
   * Creates the criterion.
   *
   * @param options checked options, as bound from the configuration or built in Java
   * @return a stateless criterion
   */
  WeightCriterion create(O options);
}
