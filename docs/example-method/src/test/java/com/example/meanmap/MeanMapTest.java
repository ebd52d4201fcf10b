package com.example.meanmap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.TransferContract;

class MeanMapTest implements TransferContract<MeanMapOptions> {

  @Override
  public MeanMapProvider provider() {
    return new MeanMapProvider();
  }

  @Override
  public MethodProbe probe(KnowledgeTransfer method) {
    return MethodProbe.of(method)
        .teacher("stage3", HeapTensor.normal(1, 2, 3, 3, 4))
        .student("stage3", HeapTensor.normal(2, 2, 3, 3, 5));
  }

  /** Means 2 and 6 against 1 and 3: ((1)^2 + (3)^2) / 2. */
  @Test
  void one_image_worked_by_hand() {
    float loss =
        MethodProbe.of(provider().create(provider().defaults()))
            .teacher("stage3", HeapTensor.maps(1, 1, 2, 2, 1, 3, 5, 7))
            .student("stage3", HeapTensor.maps(1, 1, 2, 1, 1, 3))
            .run()
            .loss();

    assertThat(loss).isEqualTo(5);
  }
}
