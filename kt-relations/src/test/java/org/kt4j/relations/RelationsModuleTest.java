package org.kt4j.relations;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.kt4j.api.KnowledgeTransferProvider;

class RelationsModuleTest {

  @Test
  void adds_every_method_of_the_package() {
    Set<KnowledgeTransferProvider<?>> methods =
        Guice.createInjector(new RelationsModule()).getInstance(Key.get(new TypeLiteral<>() {}));

    assertThat(methods)
        .extracting(KnowledgeTransferProvider::name)
        .containsExactlyInAnyOrder("cc", "crd", "fsp", "ickd", "pkt", "rkd", "sp");
  }
}
