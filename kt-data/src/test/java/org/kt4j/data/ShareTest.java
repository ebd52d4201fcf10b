package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareTest {

  private static final Normalization NORM = new Normalization(List.of(0.5), List.of(0.25));

  private static List<Batch> batches(int size, Share share) {
    List<Batch> batches = new ArrayList<>();
    try (BatchStream stream =
        BatchStream.training(
            TinyImages.alternating(20), size, Augmentation.none(), NORM, 7, share)) {
      Iterator<Batch> epoch = stream.epoch(3, 0);
      epoch.forEachRemaining(batches::add);
    }
    return batches;
  }

  @Test
  void the_shares_of_all_workers_side_by_side_are_the_batch_of_one() {
    List<Batch> whole = batches(8, Share.WHOLE);
    List<List<Batch>> shares = new ArrayList<>();
    for (int rank = 0; rank < 4; rank++) {
      shares.add(batches(8, new Share(rank, 4)));
    }

    assertThat(whole).hasSize(2);
    for (int b = 0; b < 2; b++) {
      int batch = b;
      int[] indices =
          shares.stream().flatMapToInt(own -> Arrays.stream(own.get(batch).indices())).toArray();
      int[] labels =
          shares.stream().flatMapToInt(own -> Arrays.stream(own.get(batch).labels())).toArray();
      assertThat(indices).isEqualTo(whole.get(b).indices());
      assertThat(labels).isEqualTo(whole.get(b).labels());
      assertThat(shares).allSatisfy(own -> assertThat(own.get(batch).size()).isEqualTo(2));
      assertThat(shares.get(1).get(b).images())
          .isEqualTo(Arrays.copyOfRange(whole.get(b).images(), 2 * 4, 4 * 4));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0, 3", "1, 3, 6", "2, 6, 10"})
  void rows_that_cannot_be_shared_out_evenly_are_all_taken_once(int rank, int from, int to) {
    Share share = new Share(rank, 3);

    assertThat(share.from(10)).isEqualTo(from);
    assertThat(share.to(10)).isEqualTo(to);
  }

  @Test
  void a_rank_behind_the_last_worker_is_refused() {
    assertThatThrownBy(() -> new Share(2, 2)).hasMessageContaining("rank 2 of 2 workers");
  }
}
