package org.kt4j.kd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
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
    assertThat(provider.defaults()).isEqualTo(new KdOptions(4, false));
    assertThat(provider.create(new KdOptions(7, true))).isEqualTo(new SoftenedLogits(7, true));
  }

  @Test
  void the_guice_module_adds_every_method_of_the_package() {
    Set<KnowledgeTransferProvider<?>> methods =
        Guice.createInjector(new KdModule()).getInstance(Key.get(new TypeLiteral<>() {}));

    assertThat(methods)
        .extracting(KnowledgeTransferProvider::name)
        .containsExactlyInAnyOrder("dist", "dkd", "kd", "logit-regression", "tf-kd", "wsld");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void a_temperature_that_is_no_number_above_zero_is_refused(double temperature) {
    assertThatThrownBy(() -> new KdOptions(temperature, false))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("temperature: " + temperature + " is not allowed; allowed: 0.001 to 10000");
  }
}
