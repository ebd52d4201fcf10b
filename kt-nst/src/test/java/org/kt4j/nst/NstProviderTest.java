package org.kt4j.nst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.LayerSelection;

class NstProviderTest {

  @Test
  void is_called_nst_and_compares_layers_of_one_size_with_the_quadratic_kernel_by_default() {
    NstProvider provider = new NstProvider();

    assertThat(provider.name()).isEqualTo("nst");
    assertThat(provider.defaults().kernel()).isEqualTo(NstOptions.Kernel.POLYNOMIAL);
    assertThat(provider.defaults().degree()).isEqualTo(2);
    assertThat(provider.defaults().offset()).isZero();
    assertThat(provider.defaults().selection()).isEqualTo(LayerSelection.automatic());
  }

  @Test
  void the_guice_module_adds_it_to_the_methods() {
    Set<KnowledgeTransferProvider<?>> methods =
        Guice.createInjector(new NstModule()).getInstance(Key.get(new TypeLiteral<>() {}));

    assertThat(methods).hasOnlyElementsOfType(NstProvider.class).hasSize(1);
  }

  @Test
  void a_degree_below_one_is_refused() {
    assertThatThrownBy(() -> NstOptions.defaults().polynomial(0, 0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("degree: 0 is not allowed; allowed: 1 to 100");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.5, Double.NaN, Double.POSITIVE_INFINITY})
  void an_offset_that_is_negative_or_no_number_is_refused(double offset) {
    assertThatThrownBy(() -> NstOptions.defaults().polynomial(2, offset))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageStartingWith("offset: " + offset + " is not allowed; allowed: 0 to 1e6");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN})
  void a_width_that_is_no_number_above_zero_is_refused(double width) {
    assertThatThrownBy(() -> NstOptions.defaults().gaussian(width))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("sigmaSquared: " + width + " is not allowed; allowed: 1e-9 to 1e9");
  }

  @Test
  void the_pairs_keep_their_order_and_do_not_change_with_the_map_they_came_from() {
    Map<String, String> layers = new LinkedHashMap<>();
    layers.put("stage3", "stage2");
    layers.put("stage1", "stage1");
    NstOptions options = NstOptions.defaults().on(LayerSelection.of(layers));

    layers.clear();

    assertThat(options.selection().layers().keySet()).containsExactly("stage3", "stage1");
  }

  /**
   * The number of positions decides together with the channels: the paper's ImageNet shape, the
   * stages of CIFAR ResNets, a detector's map.
   */
  @ParameterizedTest
  @CsvSource({
    "49, 2048, 1024, positions",
    "64, 64, 64, positions",
    "64, 256, 256, positions",
    "256, 32, 32, channels",
    "1024, 16, 16, channels",
    "2394, 1024, 576, channels"
  })
  void the_cheaper_side_is_chosen(int positions, int known, int asked, String side) {
    SquaredMmd mmd = SquaredMmd.of(NstOptions.defaults(), positions, known, asked);

    assertThat(mmd)
        .isEqualTo(
            side.equals("positions")
                ? new SecondMoment(0)
                : new KernelSums(new PolynomialKernel(2, 0), known, asked));
  }
}
