package org.kt4j.pruning;

import org.kt4j.testkit.FilterCriterionContract;

class LassoContractTest implements FilterCriterionContract<LassoProvider.Options> {

  @Override
  public LassoProvider provider() {
    return new LassoProvider();
  }
}
