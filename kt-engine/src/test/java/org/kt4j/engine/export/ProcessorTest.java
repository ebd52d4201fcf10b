package org.kt4j.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProcessorTest {

  private static List<String> facts(String flags) {
    return List.of(
        "processor\t: 0",
        "model name\t: Some(R) Processor @ 2.00GHz",
        "flags\t\t: " + flags,
        "",
        "processor\t: 1",
        "model name\t: Some(R) Processor @ 2.00GHz",
        "flags\t\t: " + flags);
  }

  @Test
  void vnni_is_one_of_two_flags() {
    assertThat(Processor.of(facts("fpu sse avx2 avx512_vnni"), "amd64").vnni()).contains(true);
    assertThat(Processor.of(facts("fpu avx_vnni sse"), "amd64").vnni()).contains(true);
    assertThat(Processor.of(facts("fpu sse avx2 avx512f"), "amd64").vnni()).contains(false);
    assertThat(Processor.of(facts("fpu avx512_vnni2"), "amd64").vnni()).contains(false);
  }

  @Test
  void nothing_is_known_of_other_processors_and_systems() {
    assertThat(Processor.of(List.of(), "amd64")).isEqualTo(new Processor("amd64", empty()));
    assertThat(Processor.of(List.of("Features\t: fp asimd"), "aarch64"))
        .isEqualTo(new Processor("aarch64", empty()));
    assertThat(Processor.of(facts("fpu"), "aarch64").vnni()).isEmpty();
  }

  private static Optional<Boolean> empty() {
    return Optional.empty();
  }

  @Test
  void its_name_is_its_model() {
    assertThat(Processor.of(facts("fpu"), "amd64").name()).isEqualTo("Some(R) Processor @ 2.00GHz");
    assertThat(Processor.current().name()).isNotBlank();
  }
}
