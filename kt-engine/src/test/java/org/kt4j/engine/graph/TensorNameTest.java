package org.kt4j.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TensorNameTest {

  @Test
  void an_operation_alone_means_its_first_output() {
    assertThat(TensorName.parse("a/b")).isEqualTo(new TensorName("a/b", 0)).hasToString("a/b:0");
    assertThat(TensorName.parse("a/b:2")).isEqualTo(new TensorName("a/b", 2)).hasToString("a/b:2");
  }

  @Test
  void a_circumflex_means_the_end_of_an_operation() {
    TensorName end = TensorName.parse("^a/b");

    assertThat(end.operation()).isEqualTo("a/b");
    assertThat(end.isControl()).isTrue();
    assertThat(end).hasToString("^a/b");
    assertThat(TensorName.parse("a/b").isControl()).isFalse();
  }

  @Test
  void what_does_not_end_with_a_number_is_an_operation() {
    assertThat(TensorName.parse("a:b")).isEqualTo(new TensorName("a:b", 0));
    assertThat(TensorName.parse("a:12345678901")).isEqualTo(new TensorName("a:12345678901", 0));
  }
}
