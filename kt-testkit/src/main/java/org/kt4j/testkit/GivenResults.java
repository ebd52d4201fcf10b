package org.kt4j.testkit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What methods do with the activations of their contracts. Several rules of a contract start from
 * it, and building the graph and its session is most of a rule's time.
 */
final class GivenResults {

  /** A class has one probe for each of its options. */
  private record Given(Class<?> contract, Record options) {}

  private static final Map<Given, ProbeResult> RESULTS = new ConcurrentHashMap<>();

  private GivenResults() {}

  /**
   * The result of the contract's probe, computed once.
   *
   * @param contract an instance of a test class
   */
  static ProbeResult of(TransferContract<?> contract) {
    return RESULTS.computeIfAbsent(
        new Given(contract.getClass(), contract.options()), key -> contract.probe().run());
  }
}
