package org.kt4j.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.kt4j.api.InvalidOptionException;

class SealedBindingTest {

  sealed interface Shape {

    record Circle(double radius, boolean filled) implements Shape {

      public Circle {
        if (radius <= 0) {
          throw new InvalidOptionException("radius", radius, "above 0");
        }
      }

      static Circle defaults() {
        return new Circle(1, false);
      }
    }

    /** Has no defaults as a whole: its sides are required. */
    record RegularPolygon(int sides, boolean filled, double cornerRadius) implements Shape {

      static boolean defaultFilled() {
        return true;
      }

      static double defaultCornerRadius() {
        return 0.5;
      }
    }
  }

  record Drawing(Shape shape) {

    static Drawing withCircle() {
      return new Drawing(new Shape.Circle(7, true));
    }
  }

  private static final RecordBinder BINDER =
      RecordBinder.builder()
          .custom(Shape.class, SealedBinding.of("kind", Shape.class, new Shape.Circle(2, true)))
          .build();

  private static Shape bound(String shape) {
    return BINDER.bind(tree(shape), Drawing.class).shape();
  }

  private static ConfigurationTree tree(String shape) {
    return ConfigurationTree.parse("c.yaml", "shape: " + shape + "\n");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> binding(String shape) {
    return assertThatThrownBy(() -> bound(shape));
  }

  @Test
  void the_name_chooses_the_record_and_its_own_defaults() {
    assertThat(bound("{kind: circle}")).isEqualTo(new Shape.Circle(2, true));
    assertThat(bound("{kind: regular-polygon, sides: 5}"))
        .isEqualTo(new Shape.RegularPolygon(5, true, 0.5));
  }

  @Test
  void without_a_name_the_initial_record_is_meant() {
    Drawing other =
        BINDER.bind(tree("{filled: false}"), new Drawing(new Shape.RegularPolygon(3, true, 0)));

    assertThat(bound("{radius: 3}")).isEqualTo(new Shape.Circle(3, true));
    assertThat(other.shape()).isEqualTo(new Shape.RegularPolygon(3, false, 0));
  }

  @Test
  void another_record_does_not_start_from_the_initial_one() {
    Drawing other = BINDER.bind(tree("{kind: regular-polygon, sides: 4}"), Drawing.withCircle());

    assertThat(other.shape()).isEqualTo(new Shape.RegularPolygon(4, true, 0.5));
  }

  @Test
  void what_is_written_holds_the_keys_of_the_record_alone_and_reads_back() {
    Drawing drawing = new Drawing(new Shape.RegularPolygon(6, false, 0.25));

    ConfigurationTree written = BINDER.toTree("again", drawing);

    assertThat(written.toYaml())
        .isEqualTo(
            """
            shape:
              kind: regular-polygon
              sides: 6
              filled: false
              corner-radius: 0.25
            """);
    assertThat(BINDER.bind(written, Drawing.class)).isEqualTo(drawing);
  }

  @Test
  void a_key_of_another_record_is_said_to_be_one() {
    binding("{kind: circle, radius: 0, sides: 3}")
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e ->
                assertThat(e.problems())
                    .containsExactlyInAnyOrder(
                        "c.yaml: shape.sides: belongs to regular-polygon, not to circle, which has"
                            + " radius, filled; fix: leave it out, or kind: regular-polygon",
                        "c.yaml: shape.radius: 0.0 is not allowed; allowed: above 0"));
  }

  @Test
  void other_mistakes_name_what_is_known() {
    binding("{kind: circel}")
        .hasMessage(
            "c.yaml: shape.kind: unknown 'circel'; known: circle, regular-polygon; did you mean"
                + " 'circle'?");
    binding("{kind: circle, raduis: 3}")
        .hasMessage(
            "c.yaml: shape: unknown key 'raduis'; known: kind, radius, filled; did you mean"
                + " 'radius'?");
    binding("{kind: regular-polygon}").hasMessage("c.yaml: shape.sides: is required");
    binding("{kind: [circle]}").hasMessage("c.yaml: shape.kind: expected a name, found a list");
    binding("circle").hasMessage("c.yaml: shape: expected a map, found 'circle' (text)");
  }
}
