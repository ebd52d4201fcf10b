package org.kt4j.features;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.kt4j.api.KnowledgeTransferProvider;

class FeaturesModuleTest {

  @Test
  void the_guice_module_adds_every_method_of_this_artifact() {
    Set<KnowledgeTransferProvider<?>> methods =
        Guice.createInjector(new FeaturesModule()).getInstance(Key.get(new TypeLiteral<>() {}));

    assertThat(methods)
        .extracting(KnowledgeTransferProvider::name)
        .containsExactlyInAnyOrder("ab", "cwd", "ft", "mgd", "ofd", "pkd", "reviewkd", "vid");
  }
}
