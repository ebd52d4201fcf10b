package org.kt4j.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.InvalidOptionException;

class InlineTest {

  record Size(@Description("in pixels") int height, int width) {
    Size {
      if (height < 1) {
        throw new InvalidOptionException("height", height, "1 or more");
      }
    }
  }

  record Picture(String name, @Inline Size size) {
    static Picture defaults() {
      return new Picture("none", new Size(1, 2));
    }
  }

  private static Picture bind(String yaml) {
    return RecordBinder.plain()
        .bind(ConfigurationTree.parse("file.yaml", yaml), Picture.defaults());
  }

  @Test
  void the_keys_of_an_inlined_record_stand_beside_the_others() {
    assertThat(bind("{name: a, width: 7}")).isEqualTo(new Picture("a", new Size(1, 7)));
    assertThat(bind("{name: a}")).isEqualTo(new Picture("a", new Size(1, 2)));
  }

  @Test
  void they_are_written_so_and_listed_so() {
    Picture picture = new Picture("a", new Size(3, 4));

    assertThat(RecordBinder.plain().toTree("file.yaml", picture).toYaml())
        .isEqualTo("name: a\nheight: 3\nwidth: 4\n");
    assertThat(bind(RecordBinder.plain().toTree("file.yaml", picture).toYaml())).isEqualTo(picture);
    assertThat(OptionsListing.of(picture))
        .extracting(OptionsListing.Line::key, OptionsListing.Line::description)
        .containsExactly(tuple("name", ""), tuple("height", "in pixels"), tuple("width", ""));
  }

  @Test
  void all_problems_of_both_records_are_told_with_their_keys() {
    assertThatThrownBy(() -> bind("{name: [], height: 0, width: wide, widht: 3}"))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e ->
                assertThat(e.problems())
                    .containsExactlyInAnyOrderElementsOf(
                        List.of(
                            "file.yaml: unknown key 'widht'; known: name, height, width; did you"
                                + " mean 'width'?",
                            "file.yaml: name: expected text, found a list",
                            "file.yaml: width: expected a whole number, found 'wide' (text)",
                            "file.yaml: height: 0 is not allowed; allowed: 1 or more")));
  }
}
