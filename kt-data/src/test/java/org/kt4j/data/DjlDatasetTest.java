package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kt4j.data.TinyImages.bytes;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.RandomAccessDataset;
import java.nio.ByteBuffer;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over DJL's TensorFlow engine, which runs on the native library that we have anyway. */
class DjlDatasetTest {

  private static final List<String> CLASSES = List.of("a", "b");

  private NDManager manager;

  @BeforeAll
  static void point_djl_to_our_native_library() {
    String library = Loader.load(org.tensorflow.internal.c_api.global.tensorflow.class);
    System.setProperty("TENSORFLOW_LIBRARY_PATH", library);
  }

  @BeforeEach
  void open() {
    manager = Engine.getEngine("TensorFlow").newBaseManager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void bytes_with_channels_last_are_taken_as_they_are() {
    NDArray images = uint8(new Shape(2, 2, 1, 3), 1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 255);

    ImageDataset data = DjlDataset.of(dataset(images, longs(1, 0)), manager, CLASSES);

    assertThat(data.shape()).isEqualTo(new ImageShape(2, 1, 3));
    assertThat(data.size()).isEqualTo(2);
    assertThat(data.label(0)).isEqualTo(1);
    assertThat(data.classes()).isEqualTo(CLASSES);
    assertThat(TinyImages.image(data, 1)).isEqualTo(bytes(11, 12, 13, 14, 15, 255));
  }

  @Test
  void channels_first_become_channels_last() {
    NDArray images = uint8(new Shape(1, 3, 1, 2), 1, 2, 3, 4, 5, 6);

    ImageDataset data = DjlDataset.of(dataset(images, longs(0)), manager, CLASSES);

    assertThat(data.shape()).isEqualTo(new ImageShape(1, 2, 3));
    assertThat(TinyImages.image(data, 0)).isEqualTo(bytes(1, 3, 5, 2, 4, 6));
  }

  @Test
  void two_axes_are_grey() {
    NDArray images = uint8(new Shape(1, 2, 2), 1, 2, 3, 4);

    ImageDataset data = DjlDataset.of(dataset(images, longs(0)), manager, CLASSES);

    assertThat(data.shape()).isEqualTo(new ImageShape(2, 2, 1));
  }

  @Test
  void floats_that_never_exceed_one_are_scaled() {
    NDArray images = manager.create(new float[] {0, 0.5f, 1, 0.2f}, new Shape(2, 1, 2, 1));

    ImageDataset data =
        DjlDataset.of(dataset(images, longs(0, 1)), manager, CLASSES, DjlDataset.Layout.HWC);

    assertThat(TinyImages.image(data, 0)).isEqualTo(bytes(0, 128)); // 127.5 is rounded up
    assertThat(TinyImages.image(data, 1)).isEqualTo(bytes(255, 51));
  }

  @Test
  void floats_above_one_are_bytes_also_in_images_that_came_before() {
    NDArray images = manager.create(new float[] {0, 1, 254.6f, 3}, new Shape(2, 1, 2, 1));

    ImageDataset data =
        DjlDataset.of(dataset(images, longs(0, 1)), manager, CLASSES, DjlDataset.Layout.HWC);

    assertThat(TinyImages.image(data, 0)).isEqualTo(bytes(0, 1));
    assertThat(TinyImages.image(data, 1)).isEqualTo(bytes(255, 3));
  }

  @Test
  void float_labels_are_read() {
    NDArray images = uint8(new Shape(1, 2, 2), 1, 2, 3, 4);

    ImageDataset data =
        DjlDataset.of(dataset(images, manager.create(new float[] {1})), manager, CLASSES);

    assertThat(data.label(0)).isEqualTo(1);
  }

  @Test
  void normalised_images_are_refused() {
    NDArray images = manager.create(new float[] {-1.5f, 0, 1, 2}, new Shape(1, 2, 2));

    assertThatThrownBy(() -> DjlDataset.of(dataset(images, longs(0)), manager, CLASSES))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "ArrayDataset: record 0 has the value -1.5; allowed: 0 to 255, or 0 to 1 for floats");
  }

  @Test
  void a_shape_that_could_be_either_needs_the_layout() {
    RandomAccessDataset dataset = dataset(uint8(new Shape(1, 3, 2, 3), new int[18]), longs(0));

    assertThatThrownBy(() -> DjlDataset.of(dataset, manager, CLASSES))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("fix: give the Layout");
    assertThat(DjlDataset.of(dataset, manager, CLASSES, DjlDataset.Layout.CHW).shape())
        .isEqualTo(new ImageShape(2, 3, 3));
    assertThat(DjlDataset.of(dataset, manager, CLASSES, DjlDataset.Layout.HWC).shape())
        .isEqualTo(new ImageShape(3, 2, 3));
  }

  @Test
  void labels_and_shapes_that_do_not_fit_are_refused() {
    NDArray image = uint8(new Shape(1, 2, 2), 1, 2, 3, 4);
    NDArray flat = uint8(new Shape(1, 4), 1, 2, 3, 4);

    assertThatThrownBy(() -> DjlDataset.of(dataset(image, longs(2)), manager, CLASSES))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("record 0 has the label 2.0; allowed: 0 to 1");
    assertThatThrownBy(() -> DjlDataset.of(dataset(flat, longs(0)), manager, CLASSES))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("allowed: [H, W], [H, W, C] or [C, H, W] with 1 or 3 channels");
  }

  private static RandomAccessDataset dataset(NDArray images, NDArray labels) {
    return new ArrayDataset.Builder()
        .setData(images)
        .optLabels(labels)
        .setSampling(1, false)
        .build();
  }

  private NDArray longs(long... values) {
    return manager.create(values);
  }

  private NDArray uint8(Shape shape, int... values) {
    return manager.create(ByteBuffer.wrap(bytes(values)), shape, DataType.UINT8);
  }
}
