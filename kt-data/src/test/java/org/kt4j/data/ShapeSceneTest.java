package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShapeSceneTest {

  private static final List<Silhouette> CLASSES = List.of(Silhouette.RING, Silhouette.CROSS);

  @Test
  void a_scene_has_the_shapes_asked_for_inside_the_picture() {
    for (int i = 0; i < 50; i++) {
      ShapeScene scene = ShapeScene.paint(48, 64, CLASSES, 3, DrawKey.random(1, i));

      assertThat(scene.pixels()).hasSize(48 * 64 * 3);
      assertThat(scene.shapes()).hasSize(3);
      for (ShapeScene.Shape shape : scene.shapes()) {
        assertThat(CLASSES).contains(shape.silhouette());
        assertThat(shape.left()).isBetween(0, shape.right() - 1);
        assertThat(shape.top()).isBetween(0, shape.bottom() - 1);
        assertThat(shape.right()).isLessThanOrEqualTo(64);
        assertThat(shape.bottom()).isLessThanOrEqualTo(48);
      }
    }
  }

  @Test
  void scenes_are_a_function_of_their_numbers() {
    ShapeScene scene = ShapeScene.paint(48, 64, CLASSES, 2, DrawKey.random(7, 1));
    ShapeScene again = ShapeScene.paint(48, 64, CLASSES, 2, DrawKey.random(7, 1));
    ShapeScene other = ShapeScene.paint(48, 64, CLASSES, 2, DrawKey.random(7, 2));

    assertThat(again.pixels()).isEqualTo(scene.pixels());
    assertThat(again.shapes()).isEqualTo(scene.shapes());
    assertThat(other.pixels()).isNotEqualTo(scene.pixels());
  }

  @Test
  void the_ground_differs_from_what_stands_on_it_at_every_edge_of_a_box() {
    // A shape touches each edge of its box from inside: over many scenes of one shape, the line of
    // pixels along an edge inside the box holds more contrast than the line outside it.
    double inside = 0;
    double outside = 0;
    for (int i = 0; i < 200; i++) {
      ShapeScene scene =
          ShapeScene.paint(128, 128, List.of(Silhouette.SQUARE), 1, DrawKey.random(3, i));
      ShapeScene.Shape shape = scene.shapes().get(0);
      if (shape.left() < 2 || shape.top() < 2 || shape.right() > 126 || shape.bottom() > 126) {
        continue;
      }
      inside += contrast(scene, shape.left(), shape) + contrast(scene, shape.right() - 1, shape);
      outside +=
          contrast(scene, shape.left() - 2, shape) + contrast(scene, shape.right() + 1, shape);
    }

    assertThat(inside).isGreaterThan(1.2 * outside);
  }

  /** The range of grey in a column of a box. */
  private static double contrast(ShapeScene scene, int column, ShapeScene.Shape shape) {
    double least = 255;
    double most = 0;
    for (int y = shape.top(); y < shape.bottom(); y++) {
      int at = (y * scene.width() + column) * 3;
      double grey = 0;
      for (int channel = 0; channel < 3; channel++) {
        grey += (scene.pixels()[at + channel] & 0xFF) / 3.0;
      }
      least = Math.min(least, grey);
      most = Math.max(most, grey);
    }
    return most - least;
  }

  @Test
  void two_boxes_may_have_a_quarter_of_the_smaller_one_in_common() {
    ShapeScene.Shape large = new ShapeScene.Shape(Silhouette.RING, 0, 0, 20, 20);

    // 2 x 10 of 100, then 3 x 10
    assertThat(large.hides(new ShapeScene.Shape(Silhouette.RING, 18, 0, 28, 10))).isFalse();
    assertThat(large.hides(new ShapeScene.Shape(Silhouette.RING, 17, 0, 27, 10))).isTrue();
    assertThat(large.hides(new ShapeScene.Shape(Silhouette.RING, 30, 30, 40, 40))).isFalse();
  }

  @Test
  void arguments_out_of_their_range_are_refused() {
    assertThatThrownBy(() -> ShapeScene.paint(15, 64, CLASSES, 1, DrawKey.random(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("15x64 pixels, 1 silhouettes of [RING, CROSS]");
    assertThatThrownBy(() -> ShapeScene.paint(16, 64, CLASSES, 0, DrawKey.random(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                ShapeScene.paint(16, 64, Arrays.asList(Silhouette.values()), 1, DrawKey.random(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
