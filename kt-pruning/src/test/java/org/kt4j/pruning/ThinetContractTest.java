package org.kt4j.pruning;

import org.kt4j.testkit.FilterCriterionContract;

class ThinetContractTest implements FilterCriterionContract<ThinetProvider.Options> {

  @Override
  public ThinetProvider provider() {
    return new ThinetProvider();
  }
}
