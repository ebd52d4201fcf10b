package org.kt4j.pruning;

import org.kt4j.testkit.FilterCriterionContract;

class L1ContractTest implements FilterCriterionContract<L1Provider.Options> {

  @Override
  public L1Provider provider() {
    return new L1Provider();
  }
}
