package org.kt4j.pruning;

import org.kt4j.testkit.FilterCriterionContract;

class RandomContractTest implements FilterCriterionContract<RandomProvider.Options> {

  @Override
  public RandomProvider provider() {
    return new RandomProvider();
  }

  @Override
  public boolean looksAtFilters() {
    return false;
  }
}
