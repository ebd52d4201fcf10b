package org.kt4j.engine.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kt4j.api.NamedProvider;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.network.CifarResNetProvider;

class RegistryTest {

  private record None() {}

  private record Named(String name) implements NamedProvider<None> {
    @Override
    public String summary() {
      return "for tests";
    }

    @Override
    public None defaults() {
      return new None();
    }
  }

  private record AlsoNamed(String name) implements NamedProvider<None> {
    @Override
    public String summary() {
      return "for tests";
    }

    @Override
    public None defaults() {
      return new None();
    }
  }

  @Test
  void two_providers_of_one_name_are_refused_with_both_origins() {
    assertThatThrownBy(
            () -> new Registry<>("term", List.of(new Named("nst"), new AlsoNamed("nst"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("two providers of the term 'nst': ")
        .hasMessageContaining(Named.class.getName())
        .hasMessageContaining(AlsoNamed.class.getName())
        .hasMessageEndingWith("; remove one of the artifacts");
  }

  @Test
  void a_provider_found_twice_by_two_ways_counts_once() {
    Registry<Named> registry = new Registry<>("term", List.of(new Named("nst"), new Named("nst")));

    assertThat(registry.names()).containsExactly("nst");
  }

  @Test
  void a_name_that_is_not_kebab_case_is_refused() {
    assertThatThrownBy(() -> new Registry<>("term", List.of(new Named("My_Method"))))
        .hasMessageStartingWith("term 'My_Method' of ")
        .hasMessageEndingWith(": a name is lower-case letters, digits and hyphens");
  }

  @Test
  void an_unknown_name_is_told_the_known_ones_the_nearest_and_where_more_come_from() {
    Registry<Named> registry =
        new Registry<>("term", List.of(new Named("nst"), new Named("attention")));

    assertThatThrownBy(() -> registry.provider("atention"))
        .hasMessage(
            "unknown term 'atention'; known: attention, nst; did you mean 'attention'?; one that is "
                + "not listed is found when its artifact is on the class path");
  }

  @Test
  void a_network_is_named_by_its_family_with_a_member_behind_it() {
    Networks networks = Guice.createInjector(new KtModule()).getInstance(Networks.class);

    assertThat(networks.knows("resnet-44")).isTrue();
    assertThat(networks.defaults("resnet-44"))
        .isEqualTo(new CifarResNetProvider.Options(44, 16, CifarResNetProvider.Shortcut.A));
    assertThat(networks.provider("wide-resnet-16-2").name()).isEqualTo("wide-resnet");
    assertThat(networks.knows("resnext-50")).isFalse();
    assertThatThrownBy(() -> networks.defaults("resnet-21"))
        .hasMessage(
            "depth: 21 is not allowed; allowed: 6n+2 up to 1202: 8, 14, 20, 26, 32, 44, 56, 110");
  }
}
