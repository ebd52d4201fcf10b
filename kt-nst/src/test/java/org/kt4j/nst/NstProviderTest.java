package org.kt4j.nst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.KnowledgeTransferProvider;

class NstProviderTest {

  @Test
  void is_called_nst_and_compares_the_last_stage_with_the_polynomial_kernel_by_default() {
    NstProvider provider = new NstProvider();

    assertThat(provider.name()).isEqualTo("nst");
    assertThat(provider.defaults())
        .isEqualTo(new NstOptions(NstOptions.Kernel.POLYNOMIAL, Map.of("stage3", "stage3")));
  }

  @Test
  void service_loader_finds_it() {
    assertThat(ServiceLoader.load(KnowledgeTransferProvider.class))
        .hasOnlyElementsOfType(NstProvider.class)
        .hasSize(1);
  }

  @Test
  void the_guice_module_adds_it_to_the_methods() {
    Set<KnowledgeTransferProvider<?>> methods =
        Guice.createInjector(new NstModule()).getInstance(Key.get(new TypeLiteral<>() {}));

    assertThat(methods).hasOnlyElementsOfType(NstProvider.class).hasSize(1);
  }

  @Test
  void no_pair_of_taps_is_refused() {
    assertThatThrownBy(() -> new NstOptions(NstOptions.Kernel.POLYNOMIAL, Map.of()))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("layers: {} is not allowed; allowed: one pair of taps or more");
  }

  @Test
  void the_pairs_keep_their_order_and_do_not_change_with_the_map_they_came_from() {
    Map<String, String> layers = new LinkedHashMap<>();
    layers.put("stage3", "stage2");
    layers.put("stage1", "stage1");
    NstOptions options = new NstOptions(NstOptions.Kernel.POLYNOMIAL, layers);

    layers.clear();

    assertThat(options.layers().keySet()).containsExactly("stage3", "stage1");
  }
}
