package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsCommandTest {

  @TempDir private Path folder;

  /** Shapes of a ResNet-8 by the names that PyTorch's implementations give its layers. */
  private static Map<String, long[]> resNet8(int width) {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put("conv1.weight", new long[] {width, 3, 3, 3});
    norm(shapes, "bn1", width);
    int in = width;
    for (int stage = 1; stage <= 3; stage++) {
      int out = width << (stage - 1);
      for (int conv = 1; conv <= 2; conv++) {
        String block = "layer" + stage + ".0.";
        shapes.put(block + "conv" + conv + ".weight", new long[] {out, in, 3, 3});
        norm(shapes, block + "bn" + conv, out);
        in = out;
      }
    }
    shapes.put("linear.weight", new long[] {10, in});
    shapes.put("linear.bias", new long[] {10});
    return shapes;
  }

  private static void norm(Map<String, long[]> shapes, String name, int channels) {
    for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
      shapes.put(name + "." + part, new long[] {channels});
    }
  }

  /** A safetensors file, its numbers from 0 to 1 by the place of each array. */
  private Path written(String file, Map<String, long[]> shapes, UnaryOperator<String> name)
      throws IOException {
    List<String> header = new ArrayList<>();
    ByteArrayOutputStream numbers = new ByteArrayOutputStream();
    SplittableRandom random = new SplittableRandom(3);
    shapes.forEach(
        (own, shape) -> {
          int begin = numbers.size();
          for (long i = Arrays.stream(shape).reduce(1, (a, b) -> a * b); i > 0; i--) {
            numbers.writeBytes(
                ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat((float) random.nextDouble())
                    .array());
          }
          header.add(
              String.format(
                  Locale.ROOT,
                  "\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}",
                  name.apply(own),
                  Arrays.toString(shape),
                  begin,
                  numbers.size()));
        });
    byte[] text = ("{" + String.join(",", header) + "}").getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array());
    all.writeBytes(text);
    all.writeBytes(numbers.toByteArray());
    return Files.write(folder.resolve(file), all.toByteArray());
  }

  @Test
  void arrays_and_the_network_that_they_are_those_of_are_listed() throws IOException {
    Path file = written("resnet8.safetensors", resNet8(16), name -> "module." + name);

    CommandRun run = kt("weights", file);

    assertThat(run.exitCode()).as(run.err()).isZero();
    // 3 * 9 * 16 and two convolutions in each stage, two numbers for each channel of seven
    // normalisations, and a dense layer.
    int parameters =
        432 + 9 * (16 * 16 * 2 + 16 * 32 + 32 * 32 + 32 * 64 + 64 * 64) + 2 * 240 + 650;
    assertThat(run.out())
        .contains(
            "file        " + file + " (without module.)\n",
            "form        safetensors\n",
            "arrays      37\n",
            "parameters  "
                + String.format(Locale.ROOT, "%,d", parameters)
                + ", and 480 running means and",
            "\nnetwork     resnet-8, 10 classes\n",
            "            teacher: {network: resnet-8, weights: " + file + "}\n")
        .containsPattern("\nmodule.linear.bias +\\[10\\] +float32 +0[.]\\d+ +0[.]\\d+ +0\n");
  }

  @Test
  void where_no_network_fits_the_nearest_is_told_with_what_differs() throws IOException {
    Map<String, long[]> shapes = resNet8(16);
    shapes.remove("linear.bias");
    Path file = written("headless.safetensors", shapes, name -> name);

    CommandRun run = kt("weights", file);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains(
            "network     none of ours; nearest: resnet-8, 36 of its 37 arrays: weights of another"
                + " network: linear.bias is missing\n");
  }

  @Test
  void a_file_of_something_else_is_bad_input() throws IOException {
    Path file = Files.writeString(folder.resolve("w.pt"), "<!DOCTYPE html>");

    CommandRun run = kt("weights", file);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "kt: "
                + file
                + ": is no file of weights: it is a web page (HTML); fix: download the file"
                + " itself\n");
  }

  private CommandRun evaluated(String teacher) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("config.yaml"),
            """
            data: {name: shapes, train: 64, held-out: 16, test: 16, size: 16}
            teacher: {network: resnet-8, width: 4, allow-weak: true, TEACHER}
            student: {network: resnet-8, width: 4}
            batch-size: 16
            phases: [{name: p, epochs: 1, objective: [{term: cross-entropy}, {term: kd}]}]
            """
                .replace("TEACHER", teacher));
    return kt("evaluate", config, "--teacher", "--split", "held-out");
  }

  @Test
  void a_teacher_of_other_names_is_taken_by_part_and_rename() throws IOException {
    Path plain = written("plain.safetensors", resNet8(4), name -> name);
    Path other =
        written(
            "other.safetensors",
            resNet8(4),
            name -> "net.module." + name.replace("linear", "head"));

    CommandRun expected = evaluated("weights: " + plain);
    CommandRun found = evaluated("weights: " + other + ", part: net, rename: {head: linear}");
    CommandRun nothing = evaluated("weights: " + other + ", rename: {fc: linear}");

    assertThat(expected.exitCode()).as(expected.err()).isZero();
    assertThat(found.exitCode()).as(found.err()).isZero();
    assertThat(expected.out()).contains("teacher, resnet-8 from " + plain + "\n");
    assertThat(found.out())
        .contains("teacher, resnet-8 from " + other + " (net, without module.)\n");
    assertThat(accuracy(found)).isNotEmpty().isEqualTo(accuracy(expected));
    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.err())
        .contains(
            "teacher.rename: 'fc' is no name in the file and no beginning of one up to a dot; names"
                + " begin with conv1, bn1, layer1, layer2, layer3, head\n");
  }

  private static List<String> accuracy(CommandRun run) {
    return run.out().lines().filter(line -> line.startsWith("accuracy")).toList();
  }
}
