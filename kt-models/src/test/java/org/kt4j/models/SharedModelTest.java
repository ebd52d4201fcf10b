package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.model.ModelException;

/** The ResNet-56 of the shared data as two exporters wrote it, against PyTorch and each other. */
@Tag("shared")
class SharedModelTest {

  private static final float[] MEAN = {.485f, .456f, .406f};
  private static final float[] DEVIATION = {.229f, .224f, .225f};
  private static final int BATCH = 64;

  /** float32 through 56 layers of other kernels, of logits up to about 20. */
  private static final float TOLERANCE = 1e-3f;

  private static ImageDataset test;

  @BeforeAll
  static void read_test_pictures() {
    test = SharedData.cifar10Test();
  }

  @Test
  void onnx_gives_the_logits_of_pytorch() throws IOException {
    try (DjlModel model = onnx("logits")) {
      assertThat(largestDifferenceOfLogits(model)).isLessThan(TOLERANCE);
    }
  }

  @Test
  void torchscript_gives_the_logits_of_pytorch_at_place_0_of_its_tuple() throws IOException {
    try (DjlModel model = torchScript("0")) {
      assertThat(model.knownOutputs()).isEmpty();
      assertThat(largestDifferenceOfLogits(model)).isLessThan(TOLERANCE);
      assertThat(model.knownOutputs()).containsExactly("0", "1", "2", "3");
    }
  }

  @Test
  void feature_maps_are_the_same_in_both() throws IOException {
    ByteBuffer pictures = pictures(0);

    try (DjlModel one = onnx("layer1", "layer2", "layer3");
        DjlModel other = torchScript("1", "2", "3")) {
      List<DjlModel.Output> computed = one.run(pictures, BATCH, 3, 32, 32);
      List<DjlModel.Output> expected = other.run(pictures, BATCH, 3, 32, 32);

      assertThat(computed.get(0).shape()).containsExactly(BATCH, 16, 32, 32);
      assertThat(computed.get(1).shape()).containsExactly(BATCH, 32, 16, 16);
      assertThat(computed.get(2).shape()).containsExactly(BATCH, 64, 8, 8);
      for (int layer = 0; layer < 3; layer++) {
        assertThat(expected.get(layer).values().isDirect()).isTrue();
        assertThat(expected.get(layer).shape()).containsExactly(computed.get(layer).shape());
        assertThat(largest(Floats.of(computed.get(layer)), Floats.of(expected.get(layer))))
            .isLessThan(TOLERANCE);
      }
    }
  }

  /** What the last Relu takes: it is negative in places, and layer3 is what is positive of it. */
  @Test
  void an_internal_tensor_of_a_real_model_can_be_had() throws IOException {
    try (DjlModel model = onnx("/layer3/layer3.8/Add_output_0", "layer3")) {
      List<DjlModel.Output> outputs = model.run(pictures(0), BATCH, 3, 32, 32);

      float[] before = Floats.of(outputs.get(0));
      float[] after = Floats.of(outputs.get(1));
      boolean negative = false;
      for (int i = 0; i < before.length; i++) {
        negative |= before[i] < 0;
        before[i] = Math.max(before[i], 0);
      }
      assertThat(outputs.get(0).shape()).containsExactly(BATCH, 64, 8, 8);
      assertThat(negative).isTrue();
      assertThat(largest(before, after)).isLessThan(1e-5f);
    }
  }

  @Test
  void what_torchscript_does_not_return_is_told_with_what_it_does() throws IOException {
    ByteBuffer pictures = pictures(0);

    try (DjlModel model = torchScript("logits")) {
      assertThatThrownBy(() -> model.run(pictures, BATCH, 3, 32, 32))
          .isInstanceOf(ModelException.class)
          .hasMessageEndingWith(
              "resnet56.torchscript.pt: unknown output 'logits'; known: 0, 1, 2, 3");
    }
    try (DjlModel model = torchScript("0")) {
      assertThatThrownBy(() -> model.run(pictures, BATCH, 32, 32, 3))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("engine cannot run it on the shape [64, 32, 32, 3] (")
          .hasMessageContaining("; fix: the order of the axes");
    }
  }

  @Test
  void a_file_that_is_no_torchscript_is_told(@TempDir Path folder) throws IOException {
    byte[] whole = Files.readAllBytes(SharedData.teacher("resnet56.torchscript.pt"));
    Path cut = Files.write(folder.resolve("cut.pt"), Arrays.copyOf(whole, whole.length / 2));

    assertThatThrownBy(() -> DjlModel.open(cut, ModelEngine.PYTORCH, null, List.of("0")))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(cut + ": is no whole TorchScript file: ")
        .hasMessageEndingWith(
            "; fix: copy it again, or write it with torch.jit.trace(model.eval(),"
                + " example).save(file) in Python");
    assertThatThrownBy(
            () ->
                DjlModel.open(
                    SharedData.teacher("resnet56.torchscript.pt"),
                    ModelEngine.PYTORCH,
                    "input",
                    List.of("0")))
        .isInstanceOf(ModelException.class)
        .hasMessageEndingWith("TorchScript does not name it; fix: leave it out");
  }

  private static DjlModel onnx(String... outputs) {
    return DjlModel.open(
        SharedData.teacher("resnet56.onnx"), ModelEngine.ONNX_RUNTIME, null, List.of(outputs));
  }

  private static DjlModel torchScript(String... outputs) {
    return DjlModel.open(
        SharedData.teacher("resnet56.torchscript.pt"), ModelEngine.PYTORCH, null, List.of(outputs));
  }

  /** Over the first 256 test pictures. */
  private static float largestDifferenceOfLogits(DjlModel model) throws IOException {
    float[] expected = SharedData.npy(SharedData.teacher("resnet56_test_logits.npy"), 100_000);
    float largest = 0;
    for (int first = 0; first < 256; first += BATCH) {
      DjlModel.Output logits = model.run(pictures(first), BATCH, 3, 32, 32).get(0);
      assertThat(logits.shape()).containsExactly(BATCH, 10);
      float[] part = Arrays.copyOfRange(expected, 10 * first, 10 * (first + BATCH));
      largest = Math.max(largest, largest(Floats.of(logits), part));
    }
    return largest;
  }

  private static float largest(float[] computed, float[] expected) {
    assertThat(computed).hasSameSizeAs(expected);
    float largest = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(computed[i] - expected[i]));
    }
    return largest;
  }

  /** Test pictures from {@code first} on, normalised, {@code [64, 3, 32, 32]}. */
  private static ByteBuffer pictures(int first) {
    byte[] pixels = new byte[32 * 32 * 3];
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(BATCH * pixels.length * Float.BYTES)
            .order(ByteOrder.nativeOrder());
    FloatBuffer values = buffer.asFloatBuffer();
    for (int i = 0; i < BATCH; i++) {
      test.copyImage(first + i, pixels, 0);
      for (int channel = 0; channel < 3; channel++) {
        for (int place = channel; place < pixels.length; place += 3) {
          values.put(((pixels[place] & 0xff) / 255f - MEAN[channel]) / DEVIATION[channel]);
        }
      }
    }
    return buffer;
  }
}
