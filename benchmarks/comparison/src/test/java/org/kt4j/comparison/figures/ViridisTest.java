package org.kt4j.comparison.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ViridisTest {

  /** Ends and middle of matplotlib's table: 440154, 21918c and fde725. */
  @Test
  void the_ends_and_the_middle_are_those_of_matplotlib() {
    assertThat(Viridis.rgb(0)).isEqualTo(0x440154);
    assertThat(Viridis.rgb(1)).isEqualTo(0xFDE725);
    assertThat(Viridis.rgb(0.5) >> 16).isEqualTo(0x21);
    assertThat(Viridis.rgb(0.5) >> 8 & 0xFF).isCloseTo(0x91, within(1)); // 144.5, rounded
    assertThat(Viridis.rgb(0.5) & 0xFF).isEqualTo(0x8C);
  }

  @Test
  void what_lies_outside_has_the_colour_of_the_end() {
    assertThat(Viridis.rgb(-3)).isEqualTo(0x440154);
    assertThat(Viridis.rgb(7)).isEqualTo(0xFDE725);
  }

  @Test
  void more_is_always_brighter() {
    for (int i = 1; i <= 100; i++) {
      assertThat(luminance(Viridis.rgb(i / 100.0)))
          .isGreaterThan(luminance(Viridis.rgb((i - 1) / 100.0)));
    }
  }

  @Test
  void a_mixture_is_in_each_channel_between_its_two_colours() {
    assertThat(Viridis.mixed(0x000000, 0xFF8000, 0.5)).isEqualTo(0x804000);
    assertThat(Viridis.mixed(0x123456, 0xFEDCBA, 0)).isEqualTo(0x123456);
  }

  /** Relative luminance of sRGB. */
  private static double luminance(int rgb) {
    return 0.2126 * linear(rgb >> 16 & 0xFF)
        + 0.7152 * linear(rgb >> 8 & 0xFF)
        + 0.0722 * linear(rgb & 0xFF);
  }

  private static double linear(int channel) {
    double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
  }
}
