package org.kt4j.kd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.KnowledgeTransferProvider;

class KdProviderTest {

  @Test
  void is_called_kd_and_softens_at_temperature_four_by_default() {
    KdProvider provider = new KdProvider();

    assertThat(provider.name()).isEqualTo("kd");
    assertThat(provider.defaults()).isEqualTo(new KdOptions(4));
    assertThat(provider.create(new KdOptions(7))).isEqualTo(new SoftenedLogits(7));
  }

  @Test
  void service_loader_finds_it() {
    assertThat(ServiceLoader.load(KnowledgeTransferProvider.class))
        .hasOnlyElementsOfType(KdProvider.class)
        .hasSize(1);
  }

  @Test
  void the_guice_module_adds_it_to_the_methods() {
    Set<KnowledgeTransferProvider<?>> methods =
        Guice.createInjector(new KdModule()).getInstance(Key.get(new TypeLiteral<>() {}));

    assertThat(methods).hasOnlyElementsOfType(KdProvider.class).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void a_temperature_that_is_no_number_above_zero_is_refused(double temperature) {
    assertThatThrownBy(() -> new KdOptions(temperature))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("temperature: " + temperature + " is not allowed; allowed: a number above 0");
  }
}
