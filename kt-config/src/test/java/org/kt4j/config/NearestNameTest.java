package org.kt4j.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {

  // Worked by hand: the edits are named in the last column.
  @ParameterizedTest
  @CsvSource({
    "kd, kd, 0, nothing",
    "nts, nst, 1, swap",
    "momentm, momentum, 1, insert u",
    "polly, poly, 1, delete l",
    "sgd, adam, 4, replace all three and insert one",
    "'', abc, 3, insert three",
  })
  void distance_counts_edits(String a, String b, int expected, String edits) {
    assertThat(NearestName.distance(a, b)).as(edits).isEqualTo(expected);
    assertThat(NearestName.distance(b, a)).as(edits).isEqualTo(expected);
  }

  @Test
  void a_slip_of_the_finger_finds_the_name() {
    List<String> known = List.of("momentum", "nesterov", "weight-decay");

    assertThat(NearestName.of("momentm", known)).contains("momentum");
    assertThat(NearestName.of("Nesterov", known)).contains("nesterov");
    assertThat(NearestName.of("weight_decay", known)).contains("weight-decay");
    assertThat(NearestName.of("weightDecay", known)).contains("weight-decay");
  }

  @Test
  void the_smallest_distance_wins_and_the_first_of_equals() {
    List<String> known = List.of("resnet-20", "resnet-8", "resnet-56");

    assertThat(NearestName.of("resnet-9", known)).contains("resnet-8");
    assertThat(NearestName.of("resnet-30", known)).contains("resnet-20");
  }

  @Test
  void a_long_common_beginning_finds_the_name() {
    assertThat(NearestName.of("poly3", List.of("linear", "polynomial", "gaussian")))
        .contains("polynomial");
  }

  @Test
  void a_name_far_from_all_finds_nothing() {
    assertThat(NearestName.of("x", List.of("a", "b"))).isEmpty();
    assertThat(NearestName.of("cosine", List.of("kd", "nst"))).isEmpty();
    assertThat(NearestName.of("anything", List.of())).isEmpty();
  }

  @Test
  void the_sentence_lists_the_known_names_and_guesses() {
    assertThat(NearestName.unknown("poly3", List.of("linear", "polynomial")))
        .isEqualTo("unknown 'poly3'; known: linear, polynomial; did you mean 'polynomial'?");
    assertThat(NearestName.unknown("tap", "stem", List.of("stage1", "logits")))
        .isEqualTo("unknown tap 'stem'; known: stage1, logits");
    assertThat(NearestName.unknown("x", List.of())).isEqualTo("unknown 'x'; known: none");
  }

  @Test
  @Timeout(5)
  void a_text_that_is_too_long_for_a_name_is_near_to_none_and_shortened() {
    String text = "k".repeat(1 << 20);

    assertThat(NearestName.of(text, List.of("kd", "nst"))).isEmpty();
    assertThat(NearestName.unknown("term", text, List.of("kd")))
        .isEqualTo("unknown term '" + "k".repeat(60) + "... (1048576 characters)'; known: kd");
    assertThat(NearestName.unknown("a\u0000b", List.of("kd")))
        .isEqualTo("unknown 'a\\u0000b'; known: kd");
  }
}
