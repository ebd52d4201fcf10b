package org.kt4j.engine.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kt4j.engine.replica.ReplicaException;
import org.kt4j.engine.replica.ThreadReplicas;

class AgreementTest {

  private static List<String> told(String... ofWorkers) throws Exception {
    return ThreadReplicas.each(
        ofWorkers.length,
        replicas -> {
          try {
            Agreement.require(replicas, "data set", ofWorkers[replicas.rank()], "the same files");
            return "agreed";
          } catch (ReplicaException e) {
            return String.valueOf(e.getMessage());
          }
        });
  }

  @Test
  void workers_that_have_the_same_go_on() throws Exception {
    assertThat(told("a\nb", "a\nb", "a\nb")).containsOnly("agreed");
  }

  @Test
  void all_name_the_worker_that_differs_and_in_what() throws Exception {
    assertThat(told("a\nb", "a\nb", "a\nc"))
        .containsOnly(
            "worker 2 has another data set than worker 0 (there 'c', here 'b'); fix: the same"
                + " files");
  }

  @Test
  void a_text_that_ends_before_the_other_differs() {
    assertThat(FirstDifference.of("a", "a\n  b")).isEqualTo("there 'nothing', here 'b'");
    assertThat(FirstDifference.of("a\nb", "a")).isEqualTo("there 'b', here 'nothing'");
  }
}
