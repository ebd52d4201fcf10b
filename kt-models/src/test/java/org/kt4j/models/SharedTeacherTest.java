package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.experiment.ModelOutput;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.network.CifarResNetProvider;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.NetworkTeacher;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherInput;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.imagelevel.FrozenNetwork;

/** The shared ResNet-56 as two exporters wrote it, as teachers: from bytes to NHWC taps. */
@Tag("shared")
class SharedTeacherTest {

  private static final String ONNX = "resnet56.onnx";
  private static final String TORCH_SCRIPT = "resnet56.torchscript.pt";
  private static final List<String> STAGES = List.of("stage1", "stage2", "stage3");

  /** float32 through 56 layers of other kernels, of logits up to about 20. */
  private static final double TOLERANCE = 1e-3;

  private static ImageDataset test;

  @BeforeAll
  static void read_test_pictures() {
    test = SharedData.cifar10Test();
  }

  private static Teacher open(String file) {
    List<String> names =
        file.equals(ONNX)
            ? List.of("logits", "layer1", "layer2", "layer3")
            : List.of("0", "1", "2", "3");
    Map<String, String> outputs = new LinkedHashMap<>();
    outputs.put("logits", names.get(0));
    for (int stage = 0; stage < 3; stage++) {
      outputs.put(STAGES.get(stage), names.get(stage + 1));
    }
    return ModelTeacher.open(
        "teacher",
        SharedData.teacher(file),
        null,
        TeacherInput.defaults(),
        ModelOutput.named(outputs),
        SharedData.NORMALIZATION,
        test.shape(),
        10);
  }

  @ParameterizedTest
  @CsvSource({ONNX + ", 'ONNX Runtime; opset 13, float32'", TORCH_SCRIPT + ", PyTorch"})
  void test_pictures_get_the_logits_and_the_accuracy_of_pytorch(String file, String engine)
      throws IOException {
    KnownAnswers known = KnownAnswers.of("resnet56");

    KnownAnswers.Compared found;
    try (Teacher teacher = open(file);
        FrozenNetwork classifier = new FrozenNetwork(test.shape(), teacher)) {
      assertThat(teacher.source()).endsWith(file + " (DJL, " + engine + ")");
      found = known.with(classifier);
    }

    System.out.printf(
        Locale.ROOT, "%s: largest difference of logits %.2e%n", file, found.farthest());
    assertThat(found.farthest()).isCloseTo(0, within(TOLERANCE));
    assertThat(found.accuracy()).isEqualTo(known.accuracy());
  }

  @Test
  void stages_are_those_of_our_own_network_with_the_same_weights() {
    CifarResNetProvider resNets = new CifarResNetProvider();
    Weights weights = NpzFile.read(SharedData.teacher("resnet56.npz"));
    try (Teacher ours =
            new NetworkTeacher(
                "ours",
                resNets.create(resNets.variant("56"), test.shape(), 10),
                test.shape(),
                SharedData.NORMALIZATION,
                () -> weights);
        Teacher onnx = open(ONNX);
        Teacher torchScript = open(TORCH_SCRIPT);
        ImageGraph graph = new ImageGraph(test.shape())) {
      MountedTeacher expected = ours.mount(graph, "ours", STAGES);
      expected.load();

      for (Teacher teacher : List.of(onnx, torchScript)) {
        MountedTeacher mounted =
            teacher.mount(graph, teacher == onnx ? "onnx" : "torchscript", STAGES);
        for (String stage : STAGES) {
          assertThat(teacher.taps().shape(stage).asArray())
              .containsExactly(ours.taps().shape(stage).asArray());
        }
        for (int first = 0; first < 256; first += 64) {
          byte[] pixels = SharedData.pixels(test, first, 64);
          List<float[]> maps =
              graph.run(pixels, 64, mounted::feed, STAGES.stream().map(mounted::tap).toList());
          List<float[]> own =
              graph.run(pixels, 64, expected::feed, STAGES.stream().map(expected::tap).toList());
          for (int stage = 0; stage < 3; stage++) {
            assertThat(largest(maps.get(stage), own.get(stage))).isCloseTo(0, within(TOLERANCE));
          }
        }
      }
    }
  }

  private static double largest(float[] computed, float[] expected) {
    assertThat(computed).hasSameSizeAs(expected);
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(computed[i] - expected[i]));
    }
    return largest;
  }
}
