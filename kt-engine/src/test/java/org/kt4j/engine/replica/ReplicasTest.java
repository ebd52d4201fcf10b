package org.kt4j.engine.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicasTest {

  /** What a worker did, and what it got. */
  private record Turns(List<Integer> done, List<Integer> taken) {

    static Turns of(Replicas replicas, int pieces) {
      Turns turns = new Turns(new ArrayList<>(), new ArrayList<>());
      replicas.inTurns(
          pieces,
          piece -> {
            turns.done.add(piece);
            return new byte[] {(byte) (10 * piece)};
          },
          each -> turns.taken.add((int) each[0]));
      return turns;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 6, 7})
  void pieces_are_done_once_and_all_get_them_in_their_order(int pieces) throws Exception {
    List<Turns> turns = ThreadReplicas.each(3, replicas -> Turns.of(replicas, pieces));

    List<Integer> all = new ArrayList<>();
    List<Integer> expected = new ArrayList<>();
    for (int piece = 0; piece < pieces; piece++) {
      all.add(piece);
      expected.add(10 * piece);
    }
    assertThat(turns).allSatisfy(each -> assertThat(each.taken()).isEqualTo(expected));
    assertThat(turns.stream().flatMap(each -> each.done().stream()).sorted().toList())
        .isEqualTo(all);
    assertThat(turns.get(1).done()).allMatch(piece -> piece % 3 == 1);
  }

  @Test
  void a_worker_that_is_alone_does_all_pieces() {
    assertThat(Turns.of(Replicas.one(), 3))
        .isEqualTo(new Turns(List.of(0, 1, 2), List.of(0, 10, 20)));
  }

  @Test
  void the_places_that_any_worker_has_set_are_those_of_all() throws Exception {
    List<BitSet> any =
        ThreadReplicas.each(
            2,
            replicas -> {
              BitSet own = new BitSet();
              own.set(replicas.first() ? 3 : 70);
              return replicas.any(own);
            });

    BitSet both = new BitSet();
    both.set(3);
    both.set(70);
    assertThat(any).containsExactly(both, both);
  }

  @Test
  void a_number_of_the_first_worker_reaches_all() throws Exception {
    assertThat(ThreadReplicas.each(3, replicas -> replicas.ofFirst(70_000 + replicas.rank())))
        .containsExactly(70_000, 70_000, 70_000);
    assertThat(Replicas.one().ofFirst(-5)).isEqualTo(-5);
  }
}
