package org.kt4j.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.scaling.ExchangeCost;
import org.kt4j.engine.scaling.LocalExchange;

@Timeout(120)
class LocalExchangeTest {

  @Test
  void an_exchange_between_two_processes_takes_time() {
    ExchangeCost cost = LocalExchange.measure(List.of(400_000L, 1L, 200_000L), 1);

    assertThat(cost.taken())
        .extracting(ExchangeCost.Taken::numbers)
        .containsExactly(1L, 600_001L, 1_000_000L);
    assertThat(cost.taken()).allSatisfy(each -> assertThat(each.cpuSeconds()).isPositive());
    assertThat(cost.one().seconds()).isPositive();
    assertThat(cost.values().seconds()).isGreaterThan(cost.one().seconds());
    assertThat(cost.latency()).isBetween(1e-6, 1.0);
    assertThat(cost.cpuPerNumber()).isBetween(1e-10, 1e-6);
    assertThat(ProcessHandle.current().children()).isEmpty();
  }

  @Test
  void what_fails_in_a_process_is_told() {
    assertThatThrownBy(() -> LocalExchange.measure(List.of(0L), 1))
        .isInstanceOf(TrainingException.class)
        .hasMessageStartingWith("a process that measures for this one failed: exchanged: ")
        .hasMessageContaining("no size may be below 1");
    assertThat(ProcessHandle.current().children()).isEmpty();
  }
}
