package org.kt4j.pruning;

import org.kt4j.testkit.FilterCriterionContract;

class TaylorContractTest implements FilterCriterionContract<TaylorProvider.Options> {

  @Override
  public TaylorProvider provider() {
    return new TaylorProvider();
  }
}
