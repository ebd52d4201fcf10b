package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.experiment.ModelOutput;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherInput;
import org.kt4j.imagelevel.FrozenNetwork;

/**
 * The shared ResNet-56 of PyTorch in half precision, as converters make it of a model in single.
 */
@Tag("shared")
class SharedHalfModelTest {

  private static final int PICTURES = 500;
  private static final long SINGLE = 1;
  private static final long HALF = 10;

  @TempDir private Path folder;

  @Test
  void half_precision_answers_as_pytorch_does_in_single() throws IOException {
    KnownAnswers known = KnownAnswers.of("resnet56", PICTURES);
    ImageShape shape = known.pictures().shape();
    Path file = folder.resolve("half.onnx");
    byte[] single = Files.readAllBytes(SharedData.teacher("resnet56.onnx"));
    Files.write(file, part(parsed(single), 7, SharedHalfModelTest::graph).toByteArray());

    KnownAnswers.Compared found;
    try (Teacher teacher =
            ModelTeacher.open(
                "teacher",
                file,
                null,
                TeacherInput.defaults(),
                ModelOutput.named(Map.of("stage3", "layer3")),
                SharedData.NORMALIZATION,
                shape,
                10);
        FrozenNetwork classifier = new FrozenNetwork(shape, teacher)) {
      assertThat(teacher.source()).endsWith("; opset 13, float16, input and outputs float16)");
      found = known.with(classifier);
    }

    System.out.printf(
        Locale.ROOT, "half precision: largest difference of logits %.2e%n", found.farthest());
    assertThat(found.farthest()).isCloseTo(0, within(.1)); // of logits up to about 20, with 11 bits
    assertThat(found.accuracy()).isCloseTo(known.accuracy(), within(1.0 / PICTURES));
  }

  private static UnknownFieldSet parsed(byte[] message) throws InvalidProtocolBufferException {
    return UnknownFieldSet.parseFrom(message);
  }

  /** A message with others in the places of the messages of a field. */
  private static UnknownFieldSet part(
      UnknownFieldSet message, int number, UnaryOperator<UnknownFieldSet> change) {
    if (!message.hasField(number)) {
      return message;
    }
    Field.Builder changed = Field.newBuilder();
    for (ByteString each : message.getField(number).getLengthDelimitedList()) {
      try {
        changed.addLengthDelimited(change.apply(UnknownFieldSet.parseFrom(each)).toByteString());
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException(e);
      }
    }
    return message.toBuilder().addField(number, changed.build()).build();
  }

  private static UnknownFieldSet graph(UnknownFieldSet graph) {
    UnknownFieldSet changed = part(graph, 5, SharedHalfModelTest::tensor);
    changed =
        part(changed, 1, node -> part(node, 5, each -> part(each, 5, SharedHalfModelTest::tensor)));
    for (int ports : new int[] {11, 12, 13}) {
      changed =
          part(changed, ports, port -> part(port, 2, type -> part(type, 1, each -> half(each, 1))));
    }
    return changed;
  }

  private static UnknownFieldSet half(UnknownFieldSet message, int type) {
    return message.getField(type).getVarintList().equals(List.of(SINGLE))
        ? message.toBuilder().addField(type, Field.newBuilder().addVarint(HALF).build()).build()
        : message;
  }

  private static UnknownFieldSet tensor(UnknownFieldSet tensor) {
    UnknownFieldSet changed = half(tensor, 2);
    if (changed.equals(tensor)) {
      return tensor;
    }
    ByteBuffer raw = tensor.getField(9).getLengthDelimitedList().get(0).asReadOnlyByteBuffer();
    float[] numbers = new float[raw.remaining() / Float.BYTES];
    raw.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers);
    ByteBuffer halves =
        ByteBuffer.allocate(numbers.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    halves.asShortBuffer().put(Precision.halves(numbers));
    return changed.toBuilder()
        .addField(9, Field.newBuilder().addLengthDelimited(ByteString.copyFrom(halves)).build())
        .build();
  }
}
