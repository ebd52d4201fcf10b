package org.kt4j.engine.teacher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.api.Taps;
import org.kt4j.engine.data.Cifar10Provider;
import org.kt4j.engine.data.CifarOptions;
import org.kt4j.engine.data.ImageDataset;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.network.CifarResNetProvider;

/** The ResNet-56 of the shared data as two exporters wrote it, beside our own with its weights. */
@Tag("shared")
class SharedTeacherTest {

  private static final Normalization NORMALIZATION =
      new Normalization(List.of(.485, .456, .406), List.of(.229, .224, .225));
  private static final List<String> TAPS = List.of("stage1", "stage2", "stage3", Taps.LOGITS);
  private static final int BATCH = 250;

  private static ImageDataset test;

  @BeforeAll
  static void read_test_pictures() {
    CifarOptions options = new CifarOptions(System.getProperty("kt.cifar10"), 100, 10_000, 10);
    test = new Cifar10Provider().open(options).test();
  }

  private static Path file(String name) {
    return Path.of(System.getProperty("kt.shared"), "data", "teachers", name);
  }

  private static Teacher model(String file, String logits, String one, String two, String three) {
    return ModelTeacher.open(
        "teacher",
        file(file),
        null,
        TeacherInput.defaults(),
        Map.of(Taps.LOGITS, logits, "stage1", one, "stage2", two, "stage3", three),
        NORMALIZATION,
        test.shape(),
        10);
  }

  private static Teacher ours() {
    CifarResNetProvider resNets = new CifarResNetProvider();
    return new NetworkTeacher(
        "resnet-56",
        resNets.create(resNets.variant("56"), test.shape(), 10),
        test.shape(),
        NORMALIZATION,
        () -> NpzFile.read(file("resnet56.npz")));
  }

  private static byte[] pixels(int first) {
    byte[] pixels = new byte[BATCH * test.shape().bytes()];
    for (int i = 0; i < BATCH; i++) {
      test.copyImage(first + i, pixels, i * test.shape().bytes());
    }
    return pixels;
  }

  private static List<float[]> taps(Teacher teacher) {
    try (ImageGraph graph = new ImageGraph(test.shape())) {
      MountedTeacher mounted = teacher.mount(graph, "teacher", TAPS);
      mounted.load();
      return graph.run(pixels(0), BATCH, mounted::feed, TAPS.stream().map(mounted::tap).toList());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "resnet56.onnx, logits, layer1, layer2, layer3",
    "resnet56.torchscript.pt, 0, 1, 2, 3"
  })
  void its_taps_are_those_of_our_network_and_it_is_right_as_often_as_in_pytorch(
      String file, String logits, String one, String two, String three) {
    try (Teacher teacher = model(file, logits, one, two, three);
        Teacher own = ours();
        FrozenClassifier classifier = new FrozenClassifier(test.shape(), teacher)) {
      TAPS.forEach(
          tap ->
              assertThat(teacher.taps().shape(tap).asArray())
                  .isEqualTo(own.taps().shape(tap).asArray()));

      List<float[]> theirs = taps(teacher);
      List<float[]> expected = taps(own);
      int right = 0;
      for (int first = 0; first < test.size(); first += BATCH) {
        float[] answers = classifier.logits(pixels(first), BATCH);
        for (int i = 0; i < BATCH; i++) {
          right += best(answers, 10 * i) == test.label(first + i) ? 1 : 0;
        }
      }

      for (int t = 0; t < TAPS.size(); t++) {
        double largest = 0;
        for (int i = 0; i < expected.get(t).length; i++) {
          largest = Math.max(largest, Math.abs(theirs.get(t)[i] - expected.get(t)[i]));
        }
        System.out.printf("%s %s: largest difference %.2e%n", file, TAPS.get(t), largest);
        // float32 through 56 layers of other kernels
        assertThat(largest).as(TAPS.get(t)).isLessThan(1e-3);
      }
      assertThat(right).isEqualTo(9_339); // 93.39 % in PyTorch
    }
  }

  private static int best(float[] logits, int from) {
    int best = 0;
    for (int k = 1; k < 10; k++) {
      best = logits[from + k] > logits[from + best] ? k : best;
    }
    return best;
  }
}
